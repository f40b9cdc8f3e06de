import {describe, expect, test} from 'vitest'
import {correctionOf, rejectionOf} from '../../src/text/correction.ts'

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
    ['no, with Docker', 'with Docker'],
    ['wrong, I meant Docker', 'Docker'],
    ["that's not it, a container", 'a container'],
  ])('%s is added where nothing says what it replaces', (text, said) => {
    expect(correctionOf(text, [before])).toEqual({
      said,
      question: `How do I install the agent on Linux ${said}?`,
      replaces: false,
      index: 0,
    })
  })

  test.each([
    ['wrong, I meant the CLI', before, 'How do I install the CLI on Linux?'],
    ['no, a Secret', 'How do I create a ConfigMap from a file?', 'How do I create a Secret from a file?'],
    ['no, a database', 'How do I write to a file?', 'How do I write to a database?'],
    [
      'no, the server',
      'Can the agent restart at night automatically?',
      'Can the server at night automatically?',
    ],
    ['no, the server', 'Does the agent restart quickly enough?', 'Does the server restart quickly enough?'],
    ['nein, einen Server', 'Wie starte ich einen Agenten?', 'Wie starte ich einen Server?'],
    ['no, uninstall', before, 'How do I uninstall the agent on Linux?'],
    ['no, Linux Mint', before, 'How do I install the agent on Linux Mint?'],
    ['いいえ、データベースです', 'データの作り方', 'データベースの作り方'],
  ])('%s takes the place of what is like it', (text, question, corrected) => {
    expect(correctionOf(text, [question])).toMatchObject({question: corrected, replaces: true})
  })

  test.each([
    ['not on Linux, on Windows'],
    ['not Linux, Windows'],
    ['no not linux, Windows'],
    ['no, not on Linux. On Windows'],
    ['no Linux, Windows'],
    ['sorry, not Linux but Windows'],
    ['no... on Windows'],
    ['no I meant on Windows'],
    ['no no, on Windows'],
    ['no, sorry, I meant on Windows'],
    ['oh sorry, on Windows'],
    ['no, not that, on Windows'],
    ["no, I'm on Windows"],
    ['actually on Windows'],
    ['this is wrong, on Windows'],
    ['no, on Windows please'],
    ['no, on Windows instead'],
    ['actually, on Windows, please!'],
  ])('%s', (text) => {
    expect(correctionOf(text, [before])?.question.toLowerCase()).toBe(
      'how do i install the agent on windows?',
    )
  })

  test.each([
    ['nein, unter Windows', 'Wie installiere ich es unter Linux?', 'Wie installiere ich es unter Windows?'],
    ['nicht Linux, sondern Windows', 'Installation unter Linux', 'Installation unter Windows'],
    ['non, sous Windows', 'Comment installer sous Linux ?', 'Comment installer sous Windows?'],
    ['no, en Windows', '¿Cómo se instala en Linux?', '¿Cómo se instala en Windows?'],
    ['pas sous Linux, sous Windows', 'Comment installer sur Linux ?', 'Comment installer sous Windows?'],
    ['不是，是在Windows', '如何安装？', '如何安装 在Windows？'],
    ['no Linux sino Windows', '¿Cómo se instala en Linux?', '¿Cómo se instala en Windows?'],
    ['LinuxではなくWindows', 'Linuxで使うには', 'Windowsで使うには'],
    ['不是Linux而是Windows', '如何在Linux上安装？', '如何在Windows上安装？'],
    ['ليس Linux بل Windows', 'كيف أثبته على Linux؟', 'كيف أثبته على Windows؟'],
  ])('%s, in other languages', (text, question, corrected) => {
    expect(correctionOf(text, [question])?.question).toBe(corrected)
  })

  test.each([
    [[before, 'no, on Windows', 'no, on macOS'], 'How do I install the agent on macOS?'],
    [[before, 'no, on macOS', 'no, Windows'], 'How do I install the agent on Windows?'],
    [[before, 'no, on macOS', 'no, Windows', 'wrong, I meant Linux'], before],
    [[before, 'no, on macOS', 'not Linux but Windows'], 'How do I install the agent on Windows?'],
    [[before, 'no, Docker', 'no, Podman'], 'How do I install the agent on Linux Podman?'],
    [[before, 'no, on macOS', 'no, with Docker'], 'How do I install the agent on macOS with Docker?'],
    [[before, 'not Linux', 'Windows'], 'How do I install the agent on Windows?'],
    [[before, 'not Linux', 'Windows?'], 'How do I install the agent on Windows?'],
    [[before, 'not Linux', 'I said Windows'], 'How do I install the agent on Windows?'],
    [[before, 'no, not on Linux', 'on Windows'], 'How do I install the agent on Windows?'],
    [
      [
        'Wie starte ich es auf Linux?',
        'nein, auf Windows',
        'nicht Windows, sondern macOS',
        'nein, ich meinte BSD',
      ],
      'Wie starte ich es auf BSD?',
    ],
    [
      ['How do I create a ConfigMap from a file?', 'no, a Secret', 'not a Secret but a ConfigMap'],
      'How do I create a ConfigMap from a file?',
    ],
    [
      ['How do I create a ConfigMap from a file?', 'no, a Secret', 'no, a volume'],
      'How do I create a volume from a file?',
    ],
  ])('corrects a correction: %s', (texts, question) => {
    expect(correctionOf(texts.at(-1)!, texts.slice(0, -1))).toMatchObject({question, index: 0})
  })

  test('takes any run of signs', () => {
    for (const sign of ['.', ',', '!', ' ', '. ', '-', 'no, ', 'oh ']) {
      const text = `oh, ${sign.repeat(100 / sign.length)}x`

      expect(correctionOf(text, [before])?.said ?? 'x').toContain('x')
      expect(rejectionOf(`${text}${text.repeat(1_000)}`, [before])).toBeNull()
    }
  })

  test('says which question it corrects', () => {
    const texts = ['How do I start?', before, 'no, on Windows']

    expect(correctionOf('no, on macOS', texts)?.index).toBe(1)
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
    'sorry, explain liveness probes',
    'actually, list all namespaces',
    'sorry, deploy the app',
    'not ready but running',
    'no space left on the device, error 28',
    'not Linux',
    'wrong: permission denied',
    'HTTPSではなくHTTPで接続',
    '不是管理员是否可以删除数据',
    `no, ${'on Windows '.repeat(30)}`,
  ])('%s is none', (text) => {
    expect(correctionOf(text, [before])).toBeNull()
  })

  test('needs a question before it', () => {
    expect(correctionOf('no, on Windows', [])).toBeNull()
  })
})

describe('a rejection', () => {
  test.each([
    'not Linux',
    'no, not on Linux',
    'Not Linux.',
    'no Linux',
    'not linux please',
    'nicht Linux',
    '不是Linux',
  ])('%s', (text) => {
    expect(rejectionOf(text, [before])).toMatch(/linux$/i)
  })

  test.each([
    'not Windows',
    'not Linux but Windows',
    'not on Linux?',
    'not installed on Linux',
    'no space left on Linux',
    'Linux',
    'no',
  ])('%s is none', (text) => {
    expect(rejectionOf(text, [before])).toBeNull()
  })

  test('is not what the question says', () => {
    expect(rejectionOf('not ready', ['Why is my node not ready?'])).toBeNull()
  })
})
