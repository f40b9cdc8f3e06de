import {expect, test} from 'vitest'
import {hostsOfLink, linkHostsIn} from '../../src/text/link-hosts.ts'

test.each([
  ['See [it](https://a.example/x#y), <https://b.example:8443/>.', ['a.example', 'b.example:8443']],
  ['curl "http://localhost:3000/api" or www.C.example.', ['localhost:3000', 'www.c.example']],
  ['**https://a.example** and https://a.example:443/x and HTTPS://A.EXAMPLE', ['a.example']],
  ['访问 https://a.example（中文）, then mail me@mail.example.', ['a.example', 'mail.example']],
  ['https://user:secret@a.example/ is a.example', ['a.example']],
  ['[x]: https://a.example/b "Title"', ['a.example']],
  ['nothing here: a.example, //comment, https:// and @handle', []],
])('%j names %j', (text, hosts) => {
  expect(linkHostsIn(text)).toEqual(hosts)
})

test('a text of addresses gives a bounded list', () => {
  const text = Array.from({length: 5000}, (_, i) => `https://h${i}.example`).join(' ')

  expect(linkHostsIn(text)).toHaveLength(200)
})

test('a mail goes to all of its recipients', () => {
  expect(hostsOfLink('mailto:a@one.example?cc=b%40two.example')).toEqual(['one.example', 'two.example'])
  expect(hostsOfLink('mailto:')).toEqual([])
  expect(hostsOfLink('https://one.example/?x=a@two.example')).toEqual(['one.example'])
})
