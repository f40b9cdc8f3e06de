import {describe, expect, test} from 'vitest'
import {questionKey} from '../../src/text/question-key.ts'

describe('the key of a question', () => {
  test.each([
    ['en', 'How do I set the port?', 'how can I set a Port'],
    ['en', 'What’s the default port?', 'what is the default port??'],
    ['en', '  “How do I install Docent?” ', 'How to install Docent.'],
    ['en', 'Please, how do we reset our token', 'How do I reset my token?'],
    ['en-GB', 'How do I use `npm ci`?', 'how do i use npm ci'],
    ['de', 'Wie kann ich den Port setzen?', 'Wie könnte ich meinen Port setzen'],
    ['fr', 'Comment définir le port ?', 'comment définir un port'],
    ['fr', 'Comment changer l’adresse ?', 'comment changer adresse'],
    ['ja', 'ポートを変更するには？', 'ポートを変更するには'],
    ['tr', 'Port nasıl ayarlanır?', 'port nasıl ayarlanır'],
    [null, 'How do I set the port?', 'how do i set the PORT'],
    ['en', 'Ｈｏｗ do I set the port?', 'How do I set the port?'],
  ])('in %s is the same for “%s” and “%s”', (lang, one, other) => {
    expect(questionKey(one, lang)).not.toBe('')
    expect(questionKey(one, lang)).toBe(questionKey(other, lang))
  })

  test.each([
    ['en', 'How do I install Docent?', 'Why do I install Docent?'],
    ['en', 'Can I delete an answer?', 'Can I not delete an answer?'],
    ['en', 'Can I run it with Docker?', 'Can I run it without Docker?'],
    ['en', 'How do I go from 1.x to 2.x?', 'How do I go from 2.x to 1.x?'],
    ['en', 'Should I set the port?', 'Must I set the port?'],
    ['en', 'How do I use C++?', 'How do I use C?'],
    ['en', 'What does --port do?', 'What does port do?'],
    ['en', 'What is .env?', 'What is env?'],
    ['en', 'How do I set the port?', 'How do I set the host?'],
    ['de', 'Wie setze ich den Port?', 'Wann setze ich den Port?'],
    ['de', 'Was ist ein Build?', 'Was ist kein Build?'],
    [null, 'Was ist ein Port?', 'ist ein Port?'],
  ])('in %s differs for “%s” and “%s”', (lang, one, other) => {
    expect(questionKey(one, lang)).not.toBe(questionKey(other, lang))
  })

  test.each(['', '  ', '?!', '“”'])('of %o, which has no words, is empty', (text) => {
    expect(questionKey(text, 'en')).toBe('')
  })

  test('of empty words alone has them', () => {
    expect(questionKey('Do I?', 'en')).toBe('do i')
  })
})
