using MfaGateway.Lab.Certificates;
using MfaGateway.Lab.IdentityProvider;

namespace MfaGateway.Load.Rig;

/// <summary>What people use today, from Debian: nginx and HAProxy, which ask nobody who they are, and Apache with mod_auth_openidc, which does.</summary>
internal sealed class Rivals(string folder, string backend, PemFiles leaf, string authority)
{
    /// <summary>Takes bodies whole before it sends them on, as it does by default, and as root, who alone may write here: when it passes them on as they come, and the server answers
    /// before the end of one, as that of the rig does, it cuts some senders off.</summary>
    public Contestant Nginx(int port)
    {
        var home = Directory.CreateDirectory(Path.Combine(folder, "nginx")).FullName;
        var file = Path.Combine(home, "nginx.conf");
        File.WriteAllText(file, $$"""
            daemon off; user root; pid {{home}}/pid; worker_processes 2; error_log {{home}}/error.log;
            events { worker_connections 16384; }
            http {
              access_log off; keepalive_requests 100000000; client_max_body_size 0; client_body_temp_path {{home}}/up; proxy_temp_path {{home}}/p;
              fastcgi_temp_path {{home}}/f; uwsgi_temp_path {{home}}/u; scgi_temp_path {{home}}/s;
              upstream exchange { server {{backend}}; keepalive 64; keepalive_requests 100000000; }
              server {
                listen 127.0.0.1:{{port}} ssl http2; ssl_certificate {{leaf.Certificate}}; ssl_certificate_key {{leaf.Key}}; ssl_protocols TLSv1.2 TLSv1.3;
                location / {
                  proxy_pass https://exchange; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $http_host; proxy_buffering off;
                  proxy_ssl_verify on; proxy_ssl_name localhost; proxy_ssl_trusted_certificate {{authority}};
                }
              }
            }
            """);
        return new Contestant("nginx", port, Programs.Start("nginx", ["-p", home, "-e", $"{home}/error.log", "-c", file])) { ErrorLog = $"{home}/error.log" };
    }

    public Contestant HAProxy(int port)
    {
        var home = Directory.CreateDirectory(Path.Combine(folder, "haproxy")).FullName;
        var (file, pair) = (Path.Combine(home, "haproxy.cfg"), Path.Combine(home, "pair.pem"));
        File.WriteAllText(pair, File.ReadAllText(leaf.Certificate) + "\n" + File.ReadAllText(leaf.Key));
        File.WriteAllText(file, $"""
            global
              maxconn 1000
            defaults
              mode http
              timeout connect 5s
              timeout client 1h
              timeout server 1h
              http-reuse always
            frontend public
              bind 127.0.0.1:{port} ssl crt {pair} alpn h2,http/1.1
              default_backend exchange
            backend exchange
              server ex1 {backend} ssl verify required verifyhost localhost ca-file {authority}

            """);
        return new Contestant("HAProxy", port, Programs.Start("haproxy", ["-db", "-f", file]));
    }

    /// <param name="port">Where it listens.</param>
    /// <param name="origin">Public origin of everything; its callback is one that the provider knows.</param>
    /// <param name="issuer">An identity provider of the lab.</param>
    /// <param name="secret">With which it proves itself at the token endpoint: Debian 12's module ends its process over <c>private_key_jwt</c>.</param>
    public Contestant Apache(int port, Uri origin, Uri issuer, string secret)
    {
        const string Modules = "/usr/lib/apache2/modules";
        var home = Directory.CreateDirectory(Path.Combine(folder, "apache")).FullName;
        var file = Path.Combine(home, "httpd.conf");
        using (var chmod = Programs.Start("chmod", ["o+rX", folder, home, authority])) chmod.WaitForExit(); // its workers are not root
        File.WriteAllText(file, $$"""
            ServerRoot "{{home}}"
            DefaultRuntimeDir "{{home}}"
            PidFile "{{home}}/httpd.pid"
            Mutex file:{{home}}
            ErrorLog "{{home}}/error.log"
            ServerName localhost:{{origin.Port}}
            User www-data
            Group www-data
            Listen 127.0.0.1:{{port}}
            LoadModule mpm_event_module {{Modules}}/mod_mpm_event.so
            LoadModule authn_core_module {{Modules}}/mod_authn_core.so
            LoadModule authz_core_module {{Modules}}/mod_authz_core.so
            LoadModule authz_user_module {{Modules}}/mod_authz_user.so
            LoadModule socache_shmcb_module {{Modules}}/mod_socache_shmcb.so
            LoadModule ssl_module {{Modules}}/mod_ssl.so
            LoadModule http2_module {{Modules}}/mod_http2.so
            LoadModule proxy_module {{Modules}}/mod_proxy.so
            LoadModule proxy_http_module {{Modules}}/mod_proxy_http.so
            LoadModule auth_openidc_module {{Modules}}/mod_auth_openidc.so
            Protocols h2 http/1.1
            StartServers 2
            ServerLimit 12
            ThreadsPerChild 64
            MaxRequestWorkers 768
            KeepAlive On
            MaxKeepAliveRequests 0
            KeepAliveTimeout 3600
            SSLEngine on
            SSLProtocol -all +TLSv1.2 +TLSv1.3
            SSLCertificateFile {{leaf.Certificate}}
            SSLCertificateKeyFile {{leaf.Key}}
            SSLProxyEngine on
            SSLProxyVerify require
            SSLProxyCACertificateFile {{authority}}
            OIDCProviderMetadataURL {{issuer.AbsoluteUri.TrimEnd('/')}}/.well-known/openid-configuration
            OIDCCABundlePath {{authority}}
            OIDCClientID {{ClientRegistration.GatewayId}}
            OIDCClientSecret {{secret}}
            OIDCProviderTokenEndpointAuth client_secret_post
            OIDCRedirectURI https://localhost:{{origin.Port}}/.gateway/signin-oidc/oidc
            OIDCCryptoPassphrase of-a-rig-that-lives-for-minutes
            OIDCScope "openid profile"
            OIDCSessionType server-cache
            OIDCSessionInactivityTimeout 36000
            OIDCResponseMode form_post
            ProxyPreserveHost On
            ProxyPass / https://localhost:{{backend.Split(':')[1]}}/ keepalive=On
            <Location />
              AuthType openid-connect
              Require valid-user
            </Location>

            """);
        return new Contestant("Apache, mod_auth_openidc", port, Programs.Start("apache2", ["-DFOREGROUND", "-f", file])) { ErrorLog = $"{home}/error.log" };
    }
}
