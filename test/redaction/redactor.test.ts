import {describe, expect, test} from 'vitest'
import {createRedactor} from '../../src/redaction/index.ts'
import {account, cardNumber, grouped, hex, jsonWebToken, keys, noise, pem} from './shapes.ts'

const {redact} = createRedactor()
const textOf = (text: string) => redact(text).text

describe('e-mail addresses', () => {
  test.each([
    'jane.doe@acme.io',
    'jane+docs@mail.acme.co.uk',
    "J.O'Neil@acme.com",
    'jane@example.com',
    'jane.doe@163.com',
    'jürgen@müller-söhne.de',
    'иван@почта.рф',
    'jane@xn--mller-kva.de',
    'JANE_DOE99@ACME.DEV',
    'jane@corp.local',
  ])('%s is replaced, with the words around it left as they are', (address) => {
    expect(redact(`I am ${address}, and cannot sign in.`)).toEqual({
      text: 'I am [email], and cannot sign in.',
      found: {email: 1},
    })
  })

  test('marks around an address stay', () => {
    expect(textOf('<jane@acme.io>; (mailto:jane@acme.io). "joe@acme.io"?')).toBe(
      '<[email]>; (mailto:[email]). "[email]"?',
    )
  })

  test('an address is found in a text without blanks', () => {
    expect(textOf('我的邮箱是jane@acme.io请回复')).toBe('我的邮箱是[email]请回复')
    expect(textOf('メールはjane@acme.ioです')).toBe('メールは[email]です')
  })

  test('full-width signs and what is not seen hide no address', () => {
    expect(textOf('port 用户@例子.公司 开')).toBe('port [email] 开')
    expect(textOf('Ask "jane doe"@acme.io or say "hi"')).toBe('Ask [email] or say "hi"')
    expect(textOf('Write to jane＠ａｃｍｅ．ｉｏ now')).toBe('Write to [email] now')
    expect(textOf('Write to ja\u200bne@ac\u00adme.\u2060io now')).toBe('Write to [email] now')
  })

  test.each([
    'git clone git@github.com:acme/docs.git',
    'ssh root@server.acme.io',
    'npm install @acme/widget@1.2.3 react@18.x left-pad@v2.beta',
    'image: postgres@sha256.abc',
    'systemctl start getty@tty1.service',
    'Use icon@2x.png and logo@3x.webp',
    'return@forEach and this@Main.finish()',
    '@app.route and @media (min-width: 3em)',
    'send mail to you@example.com or user@example.org',
    'What does foo @ bar.com mean?',
  ])('%s has none', (text) => {
    expect(redact(text)).toEqual({text, found: {}})
  })
})

describe('keys', () => {
  test.each(Object.entries(keys))('%s is replaced', (_, key) => {
    expect(redact(`It says 401 for ${key} today.`)).toEqual({
      text: 'It says 401 for [key] today.',
      found: {key: 1},
    })
  })

  test('a key is found in JSON, in quotes, in an address and at the end of a sentence', () => {
    const {Anthropic: key, npm} = keys
    expect(textOf(`{"ANTHROPIC_API_KEY":"${key}"}`)).toBe('{"ANTHROPIC_API_KEY":"[key]"}')
    expect(textOf(`https://api.acme.io/v1?x=1&k=${npm}&y=2`)).toBe('https://api.acme.io/v1?x=1&k=[key]&y=2')
    expect(textOf(`I used ${key}.`)).toBe('I used [key].')
    expect(textOf(`\`${npm}\``)).toBe('`[key]`')
  })

  test('a private key whose end is missing goes as far as its lines do', () => {
    const cut = pem('RSA PRIVATE KEY').split('\n').slice(0, 3).join('\n')
    expect(textOf(`${cut}\nWhy does this fail?`)).toBe('[key]\nWhy does this fail?')
  })

  test.each([
    ['Authorization: Bearer VALUE', noise(24)],
    ['authorization: Basic VALUE', Buffer.from('jane:pa55word').toString('base64')],
    ['"Authorization": "token VALUE"', noise(20)],
    ["-H 'x-api-key: VALUE'", noise(24)],
    ['I send Bearer VALUE with it', noise(32, hex)],
    ['api_key: VALUE', noise(20)],
    ['apiKey = "VALUE"', noise(16)],
    ['API-KEY=VALUE', noise(12)],
    ['client_secret=VALUE', noise(30)],
    ['aws_secret_access_key = VALUE', noise(40, 'ABCDabcd0123/+')],
    ['https://acme.io/cb?access_token=VALUE&state=3', noise(24)],
    ['AccountName=acme;AccountKey=VALUE;EndpointSuffix=core', `${noise(44)}==`],
    ['npm publish --token VALUE --dry-run', noise(24)],
    ['my token is VALUE and it expired', noise(18)],
    ['令牌：VALUE', noise(20)],
    ['PHPSESSID=VALUE', noise(26)],
    ['token=VALUE', 'ab12cd'],
    ['VALUE is what I set', `sk-ant-${noise(9)}`],
    ['VALUE is what I set', `ghp_${noise(17)}`],
  ])('in %s the value is replaced and its name is left', (pattern, value) => {
    expect(textOf(pattern.replace('VALUE', value))).toBe(pattern.replace('VALUE', '[key]'))
  })
})

describe('passwords', () => {
  test.each([
    ['password=VALUE', 'letmein'],
    ['PASSWORD="VALUE"', 'correct horse battery'],
    ['POSTGRES_PASSWORD: VALUE', 'hunter2'],
    ['spring.datasource.password=VALUE', 'S3cr3t!'],
    ['"password": "VALUE"', 'tiger'],
    ['my password is VALUE but I cannot sign in', 'hunter22'],
    ['postgres://jane:VALUE@db.acme.io:5432/app', 's3cr3t'],
    ['mongodb+srv://app:VALUE@cluster0.ab1cd.mongodb.net/?w=1', 'p%40ss'],
    ['redis://:VALUE@localhost:6379', 'foobared'],
    ['postgres://jane:VALUE@localhost/app', 'secret'],
    ['https://jane:VALUE@git.acme.io/x.git', 'opensesame'],
    ['Server=db;User Id=sa;Password=VALUE;Encrypt=yes', 'Pa55w0rd!'],
    ['curl -u admin:VALUE https://acme.io', 'adm1n99'],
    ['mysql --password=VALUE -h db', 'geheim'],
    ['login --password VALUE', 'geh3im'],
    ["ALTER USER jane IDENTIFIED BY 'VALUE'", 'wysiwyg'],
    ['Passwort: VALUE', 'geh3im99'],
    ['пароль: VALUE', 'qwerty123'],
    ['密码：VALUE', 'abc12345'],
    ['비밀번호: VALUE', 'abc12345'],
    ['我的密码是VALUE请问为什么登录失败？', 'abc12345'],
    ['パスワードはVALUEです', 'abc12345'],
    ['contraseña: VALUE', 'abc12345'],
    ['https://acme.io/in?user=jane&password=VALUE#top', 'letmein'],
  ])('in %s the value is replaced', (pattern, value) => {
    expect(redact(pattern.replace('VALUE', value))).toEqual({
      text: pattern.replace('VALUE', '[password]'),
      found: {password: 1},
    })
  })
})

describe('card numbers', () => {
  const visa = cardNumber('411122223333444')
  const amex = cardNumber('37828224631000')
  test.each([
    ['Visa', visa],
    ['Visa in groups', grouped(visa, [4, 4, 4, 4], ' ')],
    ['Visa with hyphens', grouped(visa, [4, 4, 4, 4], '-')],
    ['Visa with long dashes', grouped(visa, [4, 4, 4, 4], '–')],
    ['Visa with narrow blanks', grouped(visa, [4, 4, 4, 4], '\u202f')],
    [
      'Visa with all kinds of separators',
      `${visa.slice(0, 4)}-${visa.slice(4, 8)}\u00a0${visa.slice(8, 12)}.${visa.slice(12)}`,
    ],
    ['Visa in lines', grouped(visa, [4, 4, 4, 4], '\n')],
    ['Visa in full width', [...visa].map((digit) => String.fromCodePoint(0xff10 + Number(digit))).join('')],
    ['Visa in Arabic digits', [...visa].map((digit) => String.fromCodePoint(0x660 + Number(digit))).join('')],
    ['Visa with zero-width blanks', grouped(visa, [4, 4, 4, 4], '\u200b')],
    ['Mastercard', cardNumber('555566667777888')],
    ['Mastercard, the newer range', cardNumber('222300001111222')],
    ['American Express', amex],
    ['American Express in groups', grouped(amex, [4, 6, 5], ' ')],
    ['Diners Club', grouped(cardNumber('3056930902590'), [4, 6, 4], ' ')],
    ['JCB', cardNumber('353011133330000')],
    ['UnionPay of 19 digits', cardNumber('621234567890123456')],
  ])('%s is replaced', (_, number) => {
    expect(redact(`Charge ${number}, please.`)).toEqual({text: 'Charge [card], please.', found: {card: 1}})
  })

  test.each([
    ['in groups', account('DE', '370400440532013000', ' ')],
    ['without blanks', account('DE', '370400440532013000')],
    ['with letters', account('GB', 'WEST12345698765432', ' ')],
    ['in small letters', account('NL', 'ABNA0417164300').toLowerCase()],
  ])('an account %s is replaced whole, and no word behind it', (_, iban) => {
    expect(redact(`Pay ${iban} this week`)).toEqual({text: 'Pay [card] this week', found: {card: 1}})
    const wrong = `${iban.slice(0, 2)}00${iban.slice(4)}`.replaceAll(' ', '')
    expect(redact(`Pay ${wrong} this week`).found).toEqual({})
  })

  test('a number with a wrong check digit, of no issuer, or in the middle of something longer stays', () => {
    const wrong = `${visa.slice(0, -1)}${(Number(visa.at(-1)) + 1) % 10}`
    for (const text of [
      `order ${wrong}`,
      `at ${cardNumber('173272320000000')} µs`,
      `id ord_${visa}`,
      `hash ${visa}ab12`,
      `0.${visa}`,
      grouped(visa, [2, 2, 2, 2, 2, 2, 2, 2], ' '),
      `${visa} 1234 5678 9012 3456`,
    ]) {
      expect(redact(text)).toEqual({text, found: {}})
    }
  })
})

describe('phone numbers', () => {
  test.each([
    '+49 170 1234567',
    '+491701234567',
    '+1 (555) 123-4567',
    '+1-555-0100-123',
    '+44 20 7946 0958',
    '+33 1 23 45 67 89',
    '+86 138 1234 5678',
    '+971.4.123.4567',
    '0049 170 1234567',
    '(555) 123-4567',
    '555-123-4567',
    '555.123.4567',
    '1-800-555-0199',
    '020 7946 0958',
    '07700 900123',
    '(030) 901820-44',
    '0170/1234567',
    '01 23 45 67 89',
    '03-1234-5678',
    '090-1234-5678',
  ])('%s is replaced', (number) => {
    expect(redact(`Please call ${number} about it.`)).toEqual({
      text: 'Please call [phone] about it.',
      found: {phone: 1},
    })
  })

  test.each([
    ['my phone number is 5551234567.', 'my phone number is [phone].'],
    ['Tel.: 901820', 'Tel.: 901820'],
    ['Tel.: 9018204', 'Tel.: [phone]'],
    ['Telefon: 9018 2044', 'Telefon: [phone]'],
    ['手机：13812345678', '手机：[phone]'],
    ['電話番号は０３－１２３４－５６７８です', '電話番号は[phone]です'],
    ['тел. 8 (495) 123-45-67', 'тел. [phone]'],
    ['call me on 98765 43210', 'call me on [phone]'],
  ])('a word before it makes a number a phone number: %s', (text, expected) => {
    expect(textOf(text)).toBe(expected)
  })
})

describe('what questions about documentation are full of', () => {
  test.each([
    'Upgrade from 1.20.3 to 2.0.0-rc.1+build.20240115, or 18.20.4?',
    'Bind 192.168.100.200:8080, 10.0.0.0/8, 0.0.0.0 and [2001:db8::8a2e:370:7334]:443',
    'Ports 300 400 5000 and 8080-8090, 5432:5432',
    'On 2024-01-15T10:30:00.123+02:00, 15.01.2024, 01-12-2024, 2024/01/15 10:30:45',
    '123e4567-e89b-12d3-a456-426614174000 and 00000000-0000-0000-0000-000000000000',
    'commit 9fceb02d0ae598e95dc970b74767f19372d61af8, 4b825dc, sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'order #1234567890, invoice INV-2024-000123, ticket 4500012345',
    'Error 0x80070005, ORA-00942, E11000, HTTP 404, TS2345, code -32603, errno 111',
    'colours #0b5fff, #FF00AA80 and rgb(255 255 255)',
    'timestamps 1732723200, 1732723200000, 1732723200000000000',
    '17179869184 bytes, 1_000_000 rows, 3.14159265358979, 6.02e23, 1,234,567.89',
    'chmod 0755 file, umask 0022, 0o644, 00 01 02 03 04 05 06 07, de ad be ef 01 23 45 67',
    'Where do I set API_KEY, ANTHROPIC_API_KEY or AWS_SECRET_ACCESS_KEY?',
    'How do I rotate my API key, access token, client secret and password?',
    'ANTHROPIC_API_KEY=sk-ant-... or sk-ant-api03-xxxxxxxxxxxxxxxx or sk-your-key-here',
    'export TOKEN=<YOUR_KEY> API_KEY=$API_KEY GITHUB_TOKEN=${{ secrets.GITHUB_TOKEN }} PASSWORD=%PASSWORD%',
    'api_key = os.environ["API_KEY"], token: process.env.TOKEN, password = getpass()',
    'password=password, password=secret, password: string, password: required, "password": "********"',
    'postgres://user:password@localhost:5432/db, postgres://user:$PASS@db/app, https://jane:access_token@git.acme.io',
    'http://proxy:3128@acme.io, Chrome 120.0.6099.109, 10.200.300.4000',
    'Authorization: Bearer <token>, Authorization: Bearer $TOKEN, Bearer token, Basic auth, Bearer authentication',
    'max_tokens: 1024, tokenizer: bert-base-uncased, token_endpoint: https://acme.io/oauth2/token?x=1',
    'secretName: tls-cert-2024, secret: my-db-secret, secretKeyRef: name: db-credentials-1',
    'password_min_length=12, passwordHash: argon2id, PasswordAuthentication no, password: sha256',
    'Is the password hashed with sha256, and is the token base64 encoded? The token is a JWT, the password is required',
    'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk',
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl',
    '-----BEGIN CERTIFICATE----- or -----BEGIN PRIVATE KEY-----, which header do I need?',
    '/usr/local/lib/node_modules/@acme/sk-plugin/dist/index-4f3a2b1c9d8e.js:120:14',
    'C:\\Users\\jane\\AppData\\Local\\Temp\\a1b2c3d4e5f60718293a4b5c.tmp',
    'https://acme.io/docs/v2/guide?tab=3&lang=en#token and http://localhost:3000/@fs/x',
    'sk-ant-api03- and sk-ant-api03-<key> begin a key, sk-learn-contrib, npm_config_registry, hf_hub_download, gh_pages, glpat-example, AKIA, xoxb-',
    'the phone field, 10 digits; a mobile viewport of 1920 1080; a tel: link; call 3 times 1000 10000',
    'diff: +12, -7; UTC+05:30; C++11; 1 + 12345678901; a+b; +1',
    'IMEI 356938035643809, ISBN 978-3-16-148410-0, EAN 4006381333931',
    'eyJ is how a JWT begins, eyJhbGciOi… is cut',
    'SELECT * FROM users WHERE id = 4111111111111112 AND zip = 12345-6789',
    'arn:aws:iam::123456789012:role/deploy, project 123456789012, i-0abcd1234efgh5678',
    'kubectl create secret generic db --from-literal=user=admin',
    'パスワードが一致しなければ、同じエラーを返します。 密码是必填的吗？ 如何设置令牌？ パスワードは必要ですか',
  ])('nothing of it is taken: %s', (text) => {
    expect(redact(text)).toEqual({text, found: {}})
  })
})

describe('redacted texts', () => {
  test('several kinds in one text are counted by kind', () => {
    const text = `I am jane@acme.io, +49 170 1234567, key ${keys['npm']}, again jane@acme.io`
    expect(redact(text)).toEqual({
      text: 'I am [email], [phone], key [key], again [email]',
      found: {email: 2, phone: 1, key: 1},
    })
  })

  test('a marker stays a marker, whatever is before it', () => {
    const text =
      'password=[password] token: [key] Bearer [key] tel: [phone] x://u:[password]@h.io [email]@acme.io'
    expect(redact(text)).toEqual({text, found: {}})
  })

  test('only the kinds that were named are looked for', () => {
    const {redact} = createRedactor({kinds: ['phone']})
    expect(redact('jane@acme.io, +49 170 1234567')).toEqual({
      text: 'jane@acme.io, [phone]',
      found: {phone: 1},
    })
  })

  test('without kinds and patterns every text stays', () => {
    const text = `jane@acme.io ${jsonWebToken}`
    expect(createRedactor({kinds: []}).redact(text)).toEqual({text, found: {}})
  })

  test('what was found in a text is found where the words around it are gone', () => {
    const question = 'my password is hunter22, jane@acme.io'
    const redactor = createRedactor().alsoFoundIn([question])
    expect(redactor.redact('hunter22 rejected for jane@acme.io')).toEqual({
      text: '[password] rejected for [email]',
      found: {password: 1, email: 1},
    })
    expect(createRedactor().redact('hunter22 rejected').text).toBe('hunter22 rejected')
  })
})
