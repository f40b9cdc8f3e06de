import {expect, test} from 'vitest'
import {decodeEntities} from '../../src/markdown/tags.ts'
import {decodeCharacterReferences} from '../../src/text/character-references.ts'
import {decodeReferences, namedCharacters} from '../../src/web/render/entities.ts'

test.each([
  ['a &lt; b &amp;&amp; c &#62; d &#x26;', 'a < b && c > d &'],
  ['&nbsp;&times;&rarr;&NotEqualTilde;', '\u00a0×→≂̸'],
  ['&unknown; &copy &constructor; &#; R&D;', '&unknown; &copy &constructor; &#; R&D;'],
  // A reference is resolved once.
  ['&amp;lt;', '&lt;'],
  ['&#0;|&#xd800;|&#x110000;|&#x1F600;', '\ufffd|\ufffd|\ufffd|😀'],
])('character references: %s', (text, expected) => {
  expect(decodeCharacterReferences(text)).toBe(expected)
})

test('in code and labels none hides, reorders or joins text', () => {
  expect(decodeEntities('a&nbsp;b&#160;c')).toBe('a b c')
  expect(decodeEntities('{&zwj;{ se&shy;cret&ZeroWidthSpace;&#x202e;.ts }}')).toBe('{{ secret.ts }}')
  expect(decodeEntities('👩&#x200d;💻')).toBe('👩\u200d💻')
})

test('the browser has fewer names, each as in HTML', () => {
  for (const [name, character] of Object.entries(namedCharacters)) {
    expect(character).toBe(decodeCharacterReferences(`&${name};`))
  }
  expect(decodeReferences('a&nbsp;&lt;&#215;&#xd7;&constructor;&#0;')).toBe('a\u00a0<××&constructor;\ufffd')
})
