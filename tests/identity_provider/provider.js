// A real OpenID Connect provider (oidc-provider, certified, somebody else's) with four people, for a
// hub that it knows.
import Provider from 'oidc-provider';

const people = {
  'sub-ada': {preferred_username: 'ada', name: 'Ada', email: 'ada@example.org', email_verified: true},
  'sub-bob': {preferred_username: 'bob', name: 'Bob', email: 'bob@example.org', email_verified: true},
  'sub-eve': {preferred_username: 'ada', name: 'Eve', email: 'eve@example.org', email_verified: true},
  'sub-far': {preferred_username: 'far', name: 'Far', email: 'far@example.net', email_verified: true},
};

// Answers how to end it.
export async function startProvider(issuer, hub, secret) {
  const provider = new Provider(issuer, {
    clients: [{client_id: 'nocturn', client_secret: secret, response_types: ['code'],
               grant_types: ['authorization_code'],
               redirect_uris: [`${hub.url}/api/v1/session/oidc/staff/callback`]}],
    claims: {openid: ['sub'], profile: ['name', 'preferred_username'],
             email: ['email', 'email_verified']},
    findAccount: (_, id) => people[id] && {accountId: id, claims: () => ({sub: id, ...people[id]})},
    pkce: {required: () => true},
    cookies: {keys: ['for this test']},
    ttl: {AccessToken: 60, AuthorizationCode: 60, IdToken: 60, Interaction: 60, Grant: 60, Session: 60},
  });
  const server = provider.listen(new URL(issuer).port, '127.0.0.1');
  await new Promise(done => server.once('listening', done));
  return () => {
    server.closeAllConnections();
    server.close();
  };
}
