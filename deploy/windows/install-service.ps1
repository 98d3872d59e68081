<#
.SYNOPSIS
Installs MfaGateway as a Windows service.
.DESCRIPTION
The service runs as the virtual account NT SERVICE\MfaGateway, which needs read access to the configuration and the certificates and full access to the
data directory. It starts with the machine, is restarted when it ends by itself, and is given a minute to finish its requests when it is stopped.
.EXAMPLE
.\install-service.ps1 -Program 'C:\Program Files\MfaGateway\mfagw.exe' -Config 'C:\ProgramData\MfaGateway\gateway.json'
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)] [string] $Program,
    [Parameter(Mandatory)] [string] $Config,
    [string] $Data = (Join-Path (Split-Path $Config) 'data')
)
$ErrorActionPreference = 'Stop'
$name = 'MfaGateway'

& $Program check --config $Config
if ($LASTEXITCODE -ne 0) { throw 'The configuration is not valid; see above.' }

if ($PSCmdlet.ShouldProcess($name, 'install the service')) {
    New-Service -Name $name -BinaryPathName "`"$Program`" run --config `"$Config`"" -DisplayName 'MFA Gateway for Exchange' -StartupType Automatic | Out-Null
    & sc.exe config $name obj= "NT SERVICE\$name" | Out-Null
    & sc.exe failure $name reset= 86400 actions= restart/2000/restart/2000/restart/10000 | Out-Null
    New-Item -ItemType Directory -Force $Data | Out-Null
    # Whoever reads the keys in there can read the sessions: nobody else may.
    & icacls.exe $Data /inheritance:r /grant:r "NT SERVICE\${name}:(OI)(CI)F" 'BUILTIN\Administrators:(OI)(CI)F' | Out-Null
    & icacls.exe $Config /grant "NT SERVICE\${name}:R" | Out-Null
    Set-ItemProperty 'HKLM:\SYSTEM\CurrentControlSet\Control' -Name WaitToKillServiceTimeout -Value 60000
    Start-Service $name
    Get-Service $name
}
