import {describe, expect, test} from 'vitest'
import {createRedactor} from '../../src/redaction/index.ts'
import {noise} from './shapes.ts'

const {redact} = createRedactor()
const password = 'Kestrel77vb'
const token = noise(24)

/** Writes the secret into each text, and expects a marker there and every other character as it was. */
function expectMarker(marker: string, text: string, secret: string) {
  expect(redact(text.replace('VALUE', () => secret)).text).toBe(text.replace('VALUE', marker))
}

describe('a password is found', () => {
  test.each([
    'My password is: VALUE',
    'My password is now VALUE',
    'The password was changed to VALUE',
    'Passwort ist: VALUE',
    'Das Kennwort lautet: VALUE',
    'Mon mot de passe est : VALUE',
    'my password for the test server is: VALUE and it fails',
  ])('in a sentence: %s', (text) => expectMarker('[password]', text, password))

  test.each([
    ['password: VALUE', 'Zanzibar-Quokka-9917'],
    ['my password is VALUE', 'Zanzibar-Quokka-9917'],
    ['The gateway maintenance password is VALUE.', 'zanzibar-quokka-9917'],
    ['my password is VALUE', 'Correct-Horse-Battery'],
    ['password is "VALUE"', 'Zanzibar_Quokka_9917'],
  ])('made of words: %s', (text, secret) => expectMarker('[password]', text, secret))

  test.each([
    '**password:** VALUE',
    '**Password**: VALUE',
    '**password**: `VALUE`',
    '__password:__ VALUE',
    '_password_: VALUE',
    '<b>password:</b> VALUE',
    '<strong>Password</strong>: VALUE',
    'password: **VALUE**',
  ])('in marks of Markdown and HTML: %s', (text) => expectMarker('[password]', text, password))

  test.each([
    String.raw`{\"user\":\"bob\",\"password\":\"VALUE\"}`,
    String.raw`{\\\"password\\\": \\\"VALUE\\\"}`,
    'password=%22VALUE%22',
    '%22password%22%3A%22VALUE%22',
    'next=%2Fin%3Fpassword%3DVALUE%26page%3D2',
    '&quot;password&quot;:&quot;VALUE&quot;',
  ])('in quotation marks that are escaped: %s', (text) => expectMarker('[password]', text, password))

  test.each([
    'password2=VALUE',
    'DB_PASSWORD_PROD=VALUE',
    'passwordConfirmation: "VALUE"',
    'PASSWORD_OLD=VALUE',
    '- name: DB_PASSWORD\n  value: VALUE',
    '{"name": "DB_PASSWORD", "value": "VALUE"}',
    '<add key="Password" value="VALUE"/>',
  ])('by a name that has an addition: %s', (text) => expectMarker('[password]', text, password))

  test.each([
    'password\nVALUE',
    'Password:\n\n    VALUE',
    '**Password**\n\nVALUE',
    'Password:\n```\nVALUE\n```',
    'password is\nVALUE',
    'passphrase VALUE',
    'password VALUE is rejected',
    'password -> VALUE',
    'password - VALUE',
    '| password | VALUE |',
    '| **Password** | `VALUE` | yes |',
    '| User | Password |\n|---|---|\n| bob | VALUE |',
    'user | **password** | role\n:--- | --- | ---\neve | none | admin\nbob | `VALUE` | guest',
    '<td>password</td><td>VALUE</td>',
    '<dt>Password</dt>\n<dd>VALUE</dd>',
  ])('by its place alone: %s', (text) => expectMarker('[password]', text, password))

  test.each([
    '<password>VALUE</password>',
    '<db.password>VALUE</db.password>',
    '<Password type="plain">VALUE</Password>',
    '<password>\n  <![CDATA[VALUE]]>\n</password>',
  ])('in an element of XML: %s', (text) => expectMarker('[password]', text, password))

  test.each([
    'mysql -u root -pVALUE shop',
    'mysqldump -h db -pVALUE shop > shop.sql',
    "mariadb -p'VALUE' shop",
    'docker login -u bob -p VALUE registry.acme.io',
    'docker login \\\n  -u bob \\\n  -p VALUE',
    "helm registry login -u bob -p 'VALUE' acme.io",
    "sshpass -p 'VALUE' ssh bob@10.0.0.1",
    'sshpass -pVALUE ssh bob@10.0.0.1',
    'mongosh -u bob -p VALUE',
    'redis-cli -h cache -a VALUE ping',
    'ldapsearch -x -w VALUE',
  ])('in the options of a command: %s', (text) => expectMarker('[password]', text, password))

  test.each(['!', '%', '&', '{', '$', '(', '|'])('that begins with %s', (first) => {
    for (const text of [
      'password=VALUE',
      'my password: VALUE',
      'my password is VALUE',
      '"password": "VALUE"',
      'curl -u bob:VALUE https://acme.io',
      'mysql --password VALUE',
    ]) {
      if (first === '(' && text.includes('"')) continue
      expectMarker('[password]', text, `${first}${password}`)
    }
  })

  test('that has dots in its middle, or short after a sign', () => {
    expectMarker('[password]', 'PASSWORD=VALUE', 'Kestrel...77vb')
    expectMarker('[password]', 'password: VALUE', '...Kestrel77vb')
    expectMarker('[password]', 'password: VALUE', '&Wren7!k')
    expectMarker('[password]', 'https://bob:VALUE@acme.io/x', `!${password}`)
  })
})

describe('a key is found', () => {
  test.each([
    'my token is: VALUE',
    'my token VALUE is refused',
    '**token:** VALUE',
    String.raw`{\"api_key\":\"VALUE\"}`,
    'SECRET_KEY_BASE=VALUE',
    'API_KEY_PROD: VALUE',
    '<apiKey>VALUE</apiKey>',
    '| token | VALUE |',
    'API key:\n\n> VALUE',
    '//registry.npmjs.org/:_auth=VALUE',
    '//registry.npmjs.org/:_authToken=VALUE',
    'Set-Cookie: session=VALUE; Path=/; HttpOnly',
    'Cookie: theme=dark; session=VALUE',
    '"cookie": "lang=en; sid=VALUE; theme=dark"',
    'curl -b "session=VALUE" https://acme.io',
    'document.cookie = "sid=VALUE"',
    'https://VALUE:x-oauth-basic@github.com/acme/docs.git',
    'https://VALUE@github.com/acme/docs.git',
    'https://VALUE:@api.acme.io/v1',
  ])('in %s', (text) => expectMarker('[key]', text, token))

  test('where user and password are stored in Base64', () => {
    const stored = Buffer.from(`bob:${password}`).toString('base64')
    expectMarker('[key]', '{"auths": {"acme.io": {"auth": "VALUE"}}}', stored)
    expectMarker('[password]', '//registry.npmjs.org/:_password=VALUE', stored)
  })
})

describe('what only looks like it stays', () => {
  test.each([
    'what is a password: how do I reset it? Is the password: sha256 or bcrypt?',
    'password is: required, token is: a JWT, password: (required), **password:** required, **token:** string',
    'password: <YOUR_KEY> password="<your password>" password=$TOKEN password=${TOKEN} password=%TOKEN%',
    'password={{ token }} password={{token}} password={user.password} token={token1} value={password2}',
    'token: sk-ant-... or ghp_...3f9c, key=sk-ant-...3f9c, password=..., token: 0x20c0...0001',
    'my password is wrong! The password is required! password: %env(PW2)%, token: ...3f9c',
    'password=$DB_PASS2 password=$db_pass2 password: ${DB_PASS2:-x} password=$(cat /run/pw2) PW=%PW2%',
    'password="$(openssl rand -hex 32)" password=<%= ENV["PW2"] %> password: #{ENV1} password=%(db_pass)s',
    'password: !secret wifi_password\npassword: !Ref DbPassword\npassword: &pw word\nsecret: |\n  text',
    'password: {type: String, required: true}, password: (value) => value.length, password = !isValid2(x)',
    '$this->password = $other->password2; password=$request->input("x1"); let password: &str = "x1y2"',
    'token=(\\d+) token=([^&]+) password: $2b$10$N9qo8uLOickgx2ZMRZoMye',
    'postgres://u:[YOUR-PASSWORD]@db.acme.io https://u:$PASS2@host1 https://${USER}:${PASS}@host1/db',
    'password SHA256, token OAuth2Client, secret S3Bucket, token ERC721Enumerable, API key v1alpha1 Secret',
    'password must have 8 characters, the token expires in 3600s, password root@host1, password, PostgreSQL14',
    'my password for the staging server is wrong, the token for S3Bucket is base64, password - the first of 2',
    '| password | string | required |\n| token | v1beta1 | version |\n| PASSWORD | 8+ chars |',
    '| Password | Type |\n|---|---|\n| required | OAuth2Token |\n| `sha256` | x |\n\nbob | Kestrel77vb',
    'my password is case-sensitive, the password: one-time-use-only, password: utf-16 or sha-256, the password is Base-64',
    'password\nUse PostgreSQL14 for it. Get a token:\n\nkubectl get pods -n kube2',
    '<password>required</password> <password>your password</password> <Password>Enter your password</Password>',
    '<input type="password" value="some text"> <password> is the tag, user:<password>@host1',
    'PASSWORD_FILE=/run/pw1 TOKEN_TTL=3600s token_endpoint=https://a1.io/x API_KEY_ID=17 password_test: true',
    'PASSWORD_MIN=12 passwordless: v2beta passwords: Three3Words tokens_2024=1 secretName2: tls-cert-2024',
    '- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef:\n- name: DB_PASSWORD\n  value: $(DB_PASS2)',
    'mysql -u root -p db1, mysql -P3306, mysql -p3306, mysql -u root -p$PW2, mysql -p"$(cat pw1)"',
    'docker login && docker run -p 8080:80 x1, docker login -p $TOKEN, docker login -p <token>, mkdir -p a/b2',
    'docker run -p 127.0.0.1:8080:80 nginx, ssh -p 2222 host1, echo $PW2 | docker login --password-stdin',
    'Set-Cookie: session=abc123; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT, Cookie: lang=en-US; theme=dark',
    'Set-Cookie: <name>=<value>, cookie: name=value, cookies: true, cookie=consent_v2, Cookie: $TOKEN',
    'https://user:x-oauth-basic@github.com https://<token>:x-oauth-basic@github.com https://$TOKEN@github.com https://u:$PW@host.io',
    'auth: "oauth2Client", "auth": "basic-v2", auth=basic64, :_authToken=${NPM_TOKEN}, :_auth=<base64>',
    'password%3Drequired &quot;password&quot;:&quot;string&quot; {\\"password\\":\\"string\\"}',
    'parseErc6492Signature\n- serializeErc6492Signature, assetToken: v2',
  ])('%s', (text) => {
    expect(redact(text)).toEqual({text, found: {}})
  })
})
