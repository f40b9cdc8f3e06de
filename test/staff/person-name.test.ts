import {randomUUID} from 'node:crypto'
import {describe, expect, test} from 'vitest'
import {personNameOf} from '../../src/staff/person-name.ts'

const reserved = [
  'shared:admin',
  'shared:support',
  'SHARED:Admin',
  'shared : support',
  'shared\uff1asupport',
  'shared\ua789support',
  'shared\u02d0support',
  'shared\u2236support',
  'shared\u05c3support',
  'shared\u0c83support',
  '\uff53\uff48\uff41\uff52\uff45\uff44:support',
  'sh\u0430r\u0435d:support',
  'sh\u00e1red:support',
  'command:root',
  'Command:x',
  'link',
  'Link',
  'L\u0406NK',
  'Iink',
  '(link)',
  'unknown',
  'Unknown',
  'unkn0wn',
  '\u24e4nknown',
  'unk\u200dnown',
  'support (shared token)',
  'support \uff08shared token\uff09',
  'support [Shared Token]',
  'root (Command)',
  'this machine (one\u2010time link)',
]
const people = [
  'Ada',
  'Ada Link',
  'Link Ada',
  'Linka',
  'Command Bo',
  'Sharedine',
  'Unknown Pleasures',
  'K:son Lind',
  'support',
  'Konstantinos',
  'Ada-Lovelace',
  'ada_lovelace',
  'McDonaldSmith',
  'ada-lovelace-2',
  'maximilianmueller99',
  'ada.lovelace@example.com',
  'Анна-Мария Соколова',
  'Анна Smith-Соколова',
  'Ελένη Adams',
  'Линк',
  '李明',
  'محمد علي',
  'می‌خواهم',
  'नमस्ते',
]

describe('a name of a person', () => {
  test.each(reserved)('%j is refused, since the audit log has it for somebody else', (name) => {
    expect(() => personNameOf(name)).toThrow('what the audit log calls shared tokens')
  })

  test.each(['\u0410da', 'Ada L\u043evelace', '\u0391da', '\u0410\u200dda', '\u{1d400}\u0434\u0430'])(
    '%j is refused, since one of its words looks like another',
    (name) => {
      expect(() => personNameOf(name)).toThrow('must not mix Latin letters with Cyrillic or Greek')
    },
  )

  test('is refused where it looks like an id', () => {
    for (let n = 0; n < 200; n++) expect(() => personNameOf(randomUUID())).toThrow('look like an id')
    expect(() => personNameOf('QgX2a\uff0dbT0_9z')).toThrow('look like an id')
  })

  test.each(people)('%j is accepted', (name) => {
    expect(personNameOf(name).name).toBe(name)
  })
})
