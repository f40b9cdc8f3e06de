import {describe, expect, test} from 'vitest'
import {correctionOf} from '../../src/text/correction.ts'

const before = 'How do I install the agent on Linux?'

describe('a correction', () => {
  test.each([
    ['no, on Windows', 'How do I install the agent on Windows?'],
    ['No - on Windows!', 'How do I install the agent on Windows?'],
    ['no, on Windows?', 'How do I install the agent on Windows?'],
    ['sorry, I meant on Windows', 'How do I install the agent on Windows?'],
    ['not Linux but Windows', 'How do I install the agent on Windows?'],
    ['no, not Linux but Windows', 'How do I install the agent on Windows?'],
    ['I meant Windows, not Linux', 'How do I install the agent on Windows?'],
    ['Windows instead of Linux', 'How do I install the agent on Windows?'],
  ])('%s takes the place of what it replaces', (text, question) => {
    expect(correctionOf(text, [before])?.question).toBe(question)
  })

  test.each([
    ['wrong, I meant the CLI', 'the CLI'],
    ['no, with Docker', 'with Docker'],
    ["that's not it, the CLI", 'the CLI'],
  ])('%s is added where nothing says what it replaces', (text, said) => {
    expect(correctionOf(text, [before])).toEqual({
      said,
      question: `How do I install the agent on Linux ${said}?`,
    })
  })

  test.each([
    ['nein, unter Windows', 'Wie installiere ich es unter Linux?', 'Wie installiere ich es unter Windows?'],
    ['nicht Linux, sondern Windows', 'Installation unter Linux', 'Installation unter Windows'],
    ['non, sous Windows', 'Comment installer sous Linux ?', 'Comment installer sous Windows?'],
    ['no, en Windows', '¿Cómo se instala en Linux?', '¿Cómo se instala en Windows?'],
    ['no Linux sino Windows', '¿Cómo se instala en Linux?', '¿Cómo se instala en Windows?'],
    ['LinuxではなくWindows', 'Linuxで使うには', 'Windowsで使うには'],
    ['不是Linux而是Windows', '如何在Linux上安装？', '如何在Windows上安装？'],
    ['ليس Linux بل Windows', 'كيف أثبته على Linux؟', 'كيف أثبته على Windows؟'],
  ])('%s, in other languages', (text, question, corrected) => {
    expect(correctionOf(text, [question])?.question).toBe(corrected)
  })

  test('corrects a correction', () => {
    expect(correctionOf('no, on macOS', [before, 'no, on Windows'])?.question).toBe(
      'How do I install the agent on macOS?',
    )
  })

  test.each([
    'no space left on device',
    'no',
    'No, how do I uninstall it?',
    'no, what about the server then',
    'And on Windows?',
    'Can I use Windows instead of Linux?',
    'nginx instead of Apache',
    'not found',
    'I meant how do I configure it?',
    `no, ${'on Windows '.repeat(30)}`,
  ])('%s is none', (text) => {
    expect(correctionOf(text, [before])).toBeNull()
  })

  test('needs a question before it', () => {
    expect(correctionOf('no, on Windows', [])).toBeNull()
  })
})
