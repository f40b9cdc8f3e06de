import {expect, test} from 'vitest'
import {hostsOfLink, linkHostsIn} from '../../src/text/link-hosts.ts'
import {isAllowedLink, safeHref} from '../../src/web/render/links.ts'

test.each([
  ['See [it](https://a.example/x#y), <https://b.example:8443/>.', ['a.example', 'b.example:8443']],
  ['curl "http://localhost:3000/api" or www.C.example.', ['localhost:3000', 'www.c.example']],
  ['**https://a.example** and https://a.example:443/x and HTTPS://A.EXAMPLE', ['a.example']],
  ['访问 https://a.example（中文）, then mail me@mail.example.', ['a.example', 'mail.example']],
  ['https://user:secret@a.example/ is a.example', ['a.example']],
  ['[x]: https://a.example/b "Title"', ['a.example']],
  ['nothing here: a.example, //comment, https:// and @handle', []],
  ['请访问https://cn.example，或发邮件到admin@cnmail.example', ['cn.example', 'cnmail.example']],
  ['{"url":"https://api.min.example","owner":"ops@own.example"}', ['api.min.example', 'own.example']],
  ['[Docs](https://docs.example.com),@alice', ['docs.example.com']],
  ['<a href="https://a.example.com">me@b.com</a>', ['a.example.com', 'b.com']],
  ['https://docs.example.com?x=@y', ['docs.example.com']],
  ['https://docs.example.com#@y and https://a.example|@b', ['docs.example.com', 'a.example']],
  ['https://a.example;me@b.example', ['a.example', 'b.example']],
  ['Tika is at http://[::1]:9998/ and https://[2001:db8::2].', ['[::1]:9998', '[2001:db8::2]']],
  ['the console lives at console.good2.example.', ['console.good2.example']],
  ['在console.good2.example:8443打开', ['console.good2.example:8443']],
  [
    'no hosts: my.page.md, a.test.ts, config.local.yaml, 1.2.3, v1.20.3, app.listen.bind(x), $a.b.c, docs/x.y.z',
    [],
  ],
  ['first.middle.last@mail.example', ['mail.example']],
])('%j names %j', (text, hosts) => {
  expect(linkHostsIn(text)).toEqual(hosts)
})

test.each([
  'https://example.com的文档',
  '邮箱me@example.com的',
  'https://example.com에서',
  'www.example.com的',
])('%j names its host though no space follows', (text) => {
  expect(linkHostsIn(text).map((host) => host.replace('www.', ''))).toContain('example.com')
})

test('names without a scheme never displace addresses', () => {
  const names = Array.from({length: 5000}, (_, i) => `h${i}.shop.example`).join(' ')

  expect(linkHostsIn(`${names} https://last.example`)).toContain('last.example')
})

test.each([
  `https://${'a.'.repeat(50_000)}`,
  'a-'.repeat(100_000),
  'a.b'.repeat(60_000),
  'https://a:'.repeat(20_000),
])('hosts are found in time that grows with the text alone', (text) => {
  const before = performance.now()
  linkHostsIn(text)
  expect(performance.now() - before).toBeLessThan(2000)
})

test('a text full of addresses returns a bounded list', () => {
  const text = Array.from({length: 5000}, (_, i) => `https://h${i}.example`).join(' ')

  expect(linkHostsIn(text)).toHaveLength(200)
})

test('a mail has the hosts of all its recipients', () => {
  expect(hostsOfLink('mailto:a@one.example?cc=b%40two.example')).toEqual(['one.example', 'two.example'])
  expect(hostsOfLink('mailto:')).toEqual([])
  expect(hostsOfLink('https://one.example/?x=a@two.example')).toEqual(['one.example'])
})

test.each([
  ['mailto:leak!@evil.example?cc=a@good.example'],
  ['mailto:"x"@evil.com?cc=a@good.com'],
  ['mailto:%22x%22@evil.com?cc=a@good.com'],
  ['mailto:%C3%BC@evil.com?cc=b@good.com'],
  ['mailto:leak@[1.2.3.4],x@good.com'],
  ['mailto:a@evil,b@good.com'],
  ['mailto:a@good.com。evil.com'],
  ['mailto:evil.com!x@good.com'],
  ['mailto:x%25evil.com@good.com'],
  ['mailto:x%40evil.com%3Ba@good.com'],
  ['mailto:a@good.com;b@evil.com'],
  ['mailto:a@good.com?%63c=b@evil.com'],
  ['mailto:a@good.com?BCC=b@evil.com'],
  ['mailto:a@good.com?to=b%40evil.com'],
  ['mailto:a@good.com?reply-to=b@evil.com'],
  ['mailto:a@good.com?subject=x&amp;cc=b@evil.com'],
  ['mailto:a@good.com?subject=x%0D%0Abcc:b@evil.com'],
  ['mailto:a@good.com,root'],
  ['mailto:a@good.com%'],
  ['mailto:?subject=a@good.com'],
])('%s is no link that may be followed', (href) => {
  const rules = {
    base: 'https://docs.example/',
    imageHosts: [],
    linkHosts: new Set(['good.com', 'good.example']),
  }
  const link = safeHref(href, rules.base)
  expect(link === null || !isAllowedLink(link, rules)).toBe(true)
})

test.each([
  ['mailto:a@good.com?subject=50%'],
  ['mailto:a@good.com?subject=Why%20so%3F&body=me@other.example%0A100%'],
  ["MAILTO:first.o'last+tag@Good.com,b@good.com?cc=c%40good.com"],
])('%s may be followed', (href) => {
  const rules = {base: 'https://docs.example/', imageHosts: [], linkHosts: new Set(['good.com'])}
  expect(isAllowedLink(safeHref(href, rules.base)!, rules)).toBe(true)
})
