import {describe, expect, test} from 'vitest'
import {settingsFrom} from '../../src/settings/settings.ts'

const problemOf = (name: string, value: string): string => {
  try {
    settingsFrom({[name]: value})
  } catch (error) {
    return (error as Error).message
  }
  return ''
}

test('nothing of the assistant is set by default', () => {
  expect(settingsFrom({})).toMatchObject({
    assistantName: null,
    assistantLogo: null,
    assistantAccent: null,
    assistantRadius: null,
    assistantGreeting: null,
    assistantFooter: null,
    assistantSuggestions: [],
    handOverUrl: null,
  })
})

test('what is written for the assistant is taken in one form', () => {
  expect(
    settingsFrom({
      ASSISTANT_NAME: ' Ask Acme ',
      ASSISTANT_LOGO: 'HTTPS://Img.Example/logo.svg',
      ASSISTANT_ACCENT: '#06C  #8AB4FF',
      ASSISTANT_RADIUS: '12px',
      ASSISTANT_FOOTER: 'By Acme. [Privacy](https://acme.example/privacy)',
      ASSISTANT_SUGGESTIONS: 'How do I begin? | | What is a key? | How do I begin?',
      HANDOVER_URL: 'https://help.example/new?q={question}&from={url}#{ref}',
    }),
  ).toMatchObject({
    assistantName: 'Ask Acme',
    assistantLogo: 'https://img.example/logo.svg',
    assistantAccent: '#0066cc #8ab4ff',
    assistantRadius: 12,
    assistantFooter: 'By Acme. [Privacy](https://acme.example/privacy)',
    assistantSuggestions: ['How do I begin?', 'What is a key?'],
    handOverUrl: 'https://help.example/new?q={question}&from={url}#{ref}',
  })
  expect(settingsFrom({ASSISTANT_LOGO: '/icon.svg'}).assistantLogo).toBe('/icon.svg')
  expect(settingsFrom({ASSISTANT_RADIUS: '0'}).assistantRadius).toBe(0)
  expect(settingsFrom({HANDOVER_URL: 'mailto:a@b.example?body={question}'}).handOverUrl).toContain('mailto:')
})

/** Contrast by another formula of the same definition: squares in place of the power curve would be off by far more. */
function contrastWithDark(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((share) => (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4))
  return (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) / (0.0069 + 0.05)
}

test('one colour alone gets a partner that is readable in the dark', () => {
  for (const colour of ['#000000', '#00008b', '#0066cc', '#b00020', '#767676']) {
    const [light, dark = ''] = settingsFrom({ASSISTANT_ACCENT: colour}).assistantAccent!.split(' ')

    expect(light).toBe(colour)
    expect(contrastWithDark(dark), dark).toBeGreaterThan(4.45)
  }
})

describe('is refused, with what to write instead:', () => {
  test.each([
    ['ASSISTANT_NAME', 'x'.repeat(61), 'has 61 characters; write at most 60'],
    ['ASSISTANT_NAME', 'Ask\nAcme', 'must be one line of plain text'],
    ['ASSISTANT_LOGO', 'logo.svg', 'or a path such as /icon.svg'],
    ['ASSISTANT_LOGO', '//img.example/logo.svg', 'must be a URL such as'],
    ['ASSISTANT_LOGO', 'data:image/png;base64,AA', 'must be a URL such as'],
    ['ASSISTANT_LOGO', 'javascript:alert(1)', 'must be a URL such as'],
    ['ASSISTANT_LOGO', '/\\img.example/logo.svg', 'must not contain a blank or a backslash'],
    ['ASSISTANT_LOGO', 'https://me:pw@img.example/', 'must not contain a user name'],
    ['ASSISTANT_ACCENT', 'blue', 'has blue, which is not a colour; write one such as #0b5fff'],
    ['ASSISTANT_ACCENT', '#12345', 'which is not a colour'],
    ['ASSISTANT_ACCENT', '#000 #fff #999', 'must be one colour, or two'],
    ['ASSISTANT_ACCENT', '#777777', 'has #777777, whose contrast of 4.4:1 is below 4.5:1 against white'],
    ['ASSISTANT_ACCENT', '#06c #06c', 'against #1e2026, the dark background; write a lighter one'],
    ['ASSISTANT_RADIUS', '33', 'must be a whole number of pixels from 0 to 32'],
    ['ASSISTANT_RADIUS', '1em', 'must be a whole number of pixels'],
    ['ASSISTANT_FOOTER', '[a](https://a.example) [b](https://b.example)', 'has several links'],
    ['ASSISTANT_FOOTER', '[a](javascript:alert(1))', 'has a link that cannot be read'],
    ['ASSISTANT_FOOTER', '[a](ftp://a.example)', 'must begin with http:// or https://'],
    ['ASSISTANT_FOOTER', '[](https://a.example)', 'has a link without words'],
    ['ASSISTANT_SUGGESTIONS', 'a|b|c|d|e|f|g|h|i', 'has 9 questions; write at most 8'],
    ['HANDOVER_URL', 'help.example', 'must begin with https://, http:// or mailto:'],
    ['HANDOVER_URL', 'javascript:alert(1)', 'must begin with https://'],
    [
      'HANDOVER_URL',
      'https://help.example/{email}',
      'has {email}, which is no placeholder; write {question}',
    ],
    ['HANDOVER_URL', 'https://help.example/{question', 'has {question, which is no placeholder'],
    ['HANDOVER_URL', 'https://{ref}.example/', 'has a placeholder in the name of the host'],
    ['HANDOVER_URL', 'mailto:{question}@a.example', 'has a placeholder in the mail address'],
    ['HANDOVER_URL', 'mailto:?body={question}', 'has no mail address'],
  ])('%s=%s', (name, value, problem) => {
    expect(problemOf(name, value)).toContain(problem)
  })
})
