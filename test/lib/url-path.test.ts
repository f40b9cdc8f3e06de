import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {decodedPath, encodedAddress, encodedPath, pathKey} from '../../src/lib/url-path.ts'

describe('a path in a URL', () => {
  test.each([
    ['/what #1 is it?', '/what%20%231%20is%20it%3F'],
    ['/50%', '/50%25'],
    ['/a%20b', '/a%2520b'],
    ['/C# notes', '/C%23%20notes'],
    ['/über/日本', '/%C3%BCber/%E6%97%A5%E6%9C%AC'],
    ["/it's (new), a+b=c;d:e@f&g!h*i~j", "/it's (new), a+b=c;d:e@f&g!h*i~j".replaceAll(' ', '%20')],
    ['/a\\b"<c>', '/a%5Cb%22%3Cc%3E'],
    ['/half \ud800', '/half%20%EF%BF%BD'],
  ])('of %j is %j', (path, encoded) => {
    expect(encodedPath(path)).toBe(encoded)
    expect(new URL(encoded, 'https://docs.example').pathname).toBe(encoded)
  })

  test('leads back to the path', () => {
    fc.assert(
      fc.property(fc.string({unit: 'grapheme'}), (path) => {
        expect(decodedPath(encodedPath(path))).toBe(path)
        expect(encodedAddress(encodedPath(path))).toBe(encodedPath(path))
      }),
    )
  })
})

describe('an address that an author wrote', () => {
  test.each([
    ['/%C3%BCber uns', '/%C3%BCber%20uns'],
    ['/50%-off', '/50%25-off'],
    ['https://docs.example/a b?v=1&x=ü', 'https://docs.example/a%20b?v=1&x=%C3%BC'],
    ['/guides/auth/', '/guides/auth/'],
  ])('%j keeps what is encoded: %j', (address, encoded) => {
    expect(encodedAddress(address)).toBe(encoded)
  })
})

test.each([
  ['50%', '50%'],
  ['%FF%20a', '%FF%20a'],
  ['a%2520b', 'a%20b'],
])('decoding %j gives %j and never fails', (path, decoded) => {
  expect(decodedPath(path)).toBe(decoded)
})

test('both Unicode forms of a name are one', () => {
  expect(pathKey('/u\u0308ber%20alles')).toBe(pathKey('/%C3%BCber alles'))
})
