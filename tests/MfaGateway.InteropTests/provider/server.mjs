// An OpenID provider made of the npm package `oidc-provider`, with accounts, a second factor and plain forms.
// The first line on standard input is its settings, each later line a command; each is answered by one line. It ends when standard input does,
// so that no process outlives its test.
import { createServer, Agent } from 'node:https';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { connect } from 'node:tls';
import { Provider, interactionPolicy } from 'oidc-provider';

const PASSWORD_ONLY = 'loa-2';
const SECOND_FACTOR = 'loa-4';

const input = createInterface({ input: process.stdin });
const lines = input[Symbol.asyncIterator]();
const settings = JSON.parse((await lines.next()).value);
const answer = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

const server = createServer({ cert: readFileSync(settings.certificate), key: readFileSync(settings.key) });
await new Promise((resolve) => server.listen(settings.port, '127.0.0.1', resolve));
const issuer = `https://127.0.0.1:${server.address().port}`;

const accounts = new Map(settings.accounts.map((account) => [account.name, account]));
const cookieKeys = [randomUUID()];
let gatewayPort = 0;

// The gateway's name is known to the test only; whatever this provider calls is the gateway.
const agent = new Agent({ keepAlive: false });
agent.createConnection = (options) => connect({
  host: '127.0.0.1', port: gatewayPort, servername: options.servername ?? options.host, ca: readFileSync(settings.certificate),
});

function newKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'RS256' };
}

// Asked for the second factor, a session without it goes back to the login page; once there, whatever the person could give is all there is.
function policy() {
  const { Check, base } = interactionPolicy;
  const prompts = base();
  prompts.get('login').checks.add(new Check('second_factor', 'a second factor was asked for', 'login_required', (ctx) => {
    const asked = (ctx.oidc.params.acr_values ?? '').split(' ').includes(SECOND_FACTOR);
    return asked && ctx.oidc.acr !== SECOND_FACTOR && !ctx.oidc.result?.login ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT;
  }));
  return prompts;
}

// The only client is trusted: nobody is asked for consent.
async function grantEverything(ctx) {
  const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
  grant.addOIDCScope('openid profile');
  await grant.save();
  return grant;
}

function newProvider() {
  const provider = new Provider(issuer, {
    clients: [settings.client],
    jwks: { keys: [newKey()] },
    cookies: { keys: cookieKeys },
    acrValues: [PASSWORD_ONLY, SECOND_FACTOR],
    claims: { openid: ['sub', 'acr', 'amr', 'auth_time', 'sid'], profile: ['preferred_username', 'groups'] },
    conformIdTokenClaims: false, // claims of the scope `profile` in the ID token
    clientAuthMethods: ['client_secret_post', 'private_key_jwt'],
    clientBasedCORS: () => false,
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: true, logoutSource, postLogoutSuccessSource: (ctx) => { ctx.body = '<h1>Signed out</h1>'; } },
    },
    findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, preferred_username: id, groups: accounts.get(id)?.groups ?? [] }) }),
    interactions: { policy: policy(), url: (ctx, interaction) => `/interaction/${interaction.uid}` },
    loadExistingGrant: grantEverything,
    httpOptions: () => ({ agent }),
    renderError: (ctx, out) => { ctx.body = `<h1>${out.error}</h1><p>${out.error_description ?? ''}</p>`; },
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 3600, IdToken: 600, Interaction: 600, Session: 3600 },
  });
  return { provider, handle: provider.callback() };
}

function logoutSource(ctx, form) {
  ctx.body = `<h1>Sign out?</h1>${form}<button type="submit" form="op.logoutForm" value="yes" name="logout">Yes</button>`;
}

function page(response, title, inputs, status = 200) {
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(`<!doctype html><html lang="en"><title>${title}</title><h1>${title}</h1><form method="post">${inputs}<button>Go on</button></form></html>`);
}

const passwordPage = (response) => page(response, 'Sign in', '<input name="username"><input name="password" type="password">');
const codePage = (response, name) => page(response, 'Second factor', `<input name="username" type="hidden" value="${name}"><input name="code">`);

async function formOf(request) {
  let body = '';
  for await (const part of request) body += part;
  return Object.fromEntries(new URLSearchParams(body));
}

const passed = new Map(); // interaction → account whose password was right

async function interact(request, response) {
  const { uid, params, prompt, session } = await current.provider.interactionDetails(request, response);
  const wantsFactor = (params.acr_values ?? '').split(' ').includes(SECOND_FACTOR);
  const finish = (name, acr, amr) => {
    passed.delete(uid);
    return current.provider.interactionFinished(request, response, { login: { accountId: name, acr, amr } }, { mergeWithLastSubmission: false });
  };
  if (request.method !== 'POST') {
    // who is signed in already only has to show the second factor
    const known = accounts.get(session?.accountId);
    if (!known || prompt.reasons.some((reason) => reason !== 'second_factor')) return passwordPage(response);
    if (known.code === null) return finish(known.name, PASSWORD_ONLY, ['pwd']);
    passed.set(uid, known.name);
    return codePage(response, known.name);
  }

  const form = await formOf(request);
  const account = accounts.get(form.username);
  if (form.code !== undefined) {
    return account && passed.get(uid) === account.name && form.code === account.code
      ? finish(account.name, SECOND_FACTOR, ['pwd', 'otp', 'mfa'])
      : codePage(response, form.username);
  }

  if (!account || account.password !== form.password) return passwordPage(response);
  if (!wantsFactor || account.code === null) return finish(account.name, PASSWORD_ONLY, ['pwd']);
  passed.set(uid, account.name);
  return codePage(response, account.name);
}

let current = newProvider();
server.on('request', (request, response) => {
  if (!request.url.startsWith('/interaction/')) return current.handle(request, response);
  return interact(request, response).catch((error) => page(response, `${error.message}`, '', 400));
});
answer({ issuer });

const commands = {
  // the new key signs at once and the old one is gone from the published set
  'rotate-keys': () => { current = newProvider(); },
  'gateway-port': (port) => { gatewayPort = port; },
};
for await (const line of lines) {
  const [name, argument] = JSON.parse(line);
  commands[name](argument);
  answer({ done: name });
}
process.exit(0);
