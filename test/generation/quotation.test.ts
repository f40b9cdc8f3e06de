import {describe, expect, test} from 'vitest'
import {likelyQuotation, quotationIn} from '../../src/generation/quotation.ts'
import {sourceOf} from '../contracts/generator.contract.ts'

const source = sourceOf(1, '', {
  text: [
    'Select the menu icon Menu icon and then Settings.',
    'Start it with npm start -- --port 80 (see İstanbul). It is there in a moment.',
    'Name | Default',
    'PORT | 3000',
    '端口是三千。然后重启服务器。',
  ].join('\n'),
})

describe('a quotation is the text of the source for', () => {
  test.each([
    ['words with other markup', '**Start** it with `npm start`', 'Start it with npm start'],
    ['the punctuation that belongs to the words', 'npm start port 80', 'npm start -- --port 80'],
    ['cells as the section has them', 'PORT 3000', 'PORT | 3000'],
    ['lines one after the other', 'Settings. Start it', 'Settings.\nStart it'],
    ['a letter with two in lower case', 'İstanbul', 'İstanbul).'],
    ['a sentence without spaces around it', '然后重启服务器', '然后重启服务器。'],
    ['whole words where half of one is meant', 'art it with npm sta', 'Start it with npm start'],
    [
      'the longest line where something stands between',
      'Select the menu\nStart it with npm start -- --port 80\nDefault',
      'Start it with npm start -- --port 80',
    ],
    [
      'the beginning, up to what is left out',
      'Select the menu icon and then Settings.',
      'Select the menu icon',
    ],
  ])('%s', (_name, words, quote) => {
    expect(quotationIn(source, words)).toBe(quote)
  })

  test.each([
    ['other words', 'Nothing of this is there.'],
    ['two words of many, a coincidence', 'Start it by hand, which takes an hour.'],
    ['no words', '… —'],
  ])('%s are none', (_name, words) => {
    expect(quotationIn(source, words)).toBeNull()
  })

  test.each([
    ['on', 'on'],
    ['8', '8'],
  ])('a short word is found as a word, not inside another one: %s', (words, quote) => {
    const switches = sourceOf(1, '', {text: 'The notification port is 80.\non\noff\n8'})

    expect(quotationIn(switches, words)).toBe(quote)
  })

  test('a long one is cut between words', () => {
    expect(quotationIn(source, source.text, 30)).toBe('Select the menu icon Menu')
  })
})

describe('for a claim without a quote', () => {
  test('the sentence with most of its content words', () => {
    expect(likelyQuotation(source, 'You can start it on port 80 with npm')).toBe(
      'Start it with npm start -- --port 80 (see İstanbul). It is there in a moment.',
    )
  })

  test.each(['The weather is nice in spring, and so is the port.', 'It is what it is.', ''])(
    'none where the source does not hold half of them: %s',
    (claim) => {
      expect(likelyQuotation(source, claim)).toBeNull()
    },
  )
})
