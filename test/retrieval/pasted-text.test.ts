import {describe, expect, test} from 'vitest'
import {questionTermsOf} from '../../src/retrieval/question-terms.ts'
import {askedIn, questionInStory, questionWithPasteOf} from '../../src/text/pasted-text.ts'
import {samplePage} from '../support/sample-pages.ts'
import {retrievalWorld} from './world.ts'

const question = 'How do I change the port that the server listens on?'

const log = Array.from(
  {length: 24},
  (_, at) =>
    `2031-05-0${1 + (at % 9)} 10:15:${10 + at} ${at === 17 ? 'ERROR' : 'INFO'} [pool-${at % 3}] ${
      at === 17 ? 'Cannot open the certificate of the gateway' : 'Rotated the journal segment'
    }`,
)

const pastes: readonly (readonly [name: string, lines: readonly string[]])[] = [
  ['a log', log],
  ['three lines of it', log.slice(16, 19)],
  [
    'a Python trace',
    [
      'Traceback (most recent call last):',
      '  File "/srv/app.py", line 12, in main',
      '    start(retries=3)',
      "TypeError: start() got an unexpected keyword argument 'retries'",
    ],
  ],
  [
    'a Java trace',
    [
      'Exception in thread "main" java.lang.IllegalStateException: the journal is closed',
      '\tat org.example.Journal.open(Journal.java:88)',
      '\t... 14 more',
    ],
  ],
  ['a configuration', ['services:', '  web:', '    image: example/web:2.1', '    replicas: 3']],
  ['fenced code', ['```js', 'start with the journal', '```']],
]

describe.each(pastes)('a question with %s', (_name, lines) => {
  test.each([
    ['before', [...lines, '', question]],
    ['right after', [question, ...lines]],
    ['between', [...lines, '', question, '', ...lines]],
  ])('is what is asked, the paste %s it', (_where, text) => {
    expect(questionWithPasteOf(text.join('\n'))?.asked).toBe(question)
  })
})

test('the line that tells of a failure is its message', () => {
  expect(questionWithPasteOf([...log, question].join('\n'))?.message).toBe(log[17])
  expect(questionWithPasteOf(['a: 1', 'b: 2', question].join('\n'))?.message).toBe('')
})

test('without a question mark, what was said first and last is asked', () => {
  const text = ['my server does not start', ...log, 'please help me with the port'].join('\n')

  expect(questionWithPasteOf(text)?.asked).toBe('my server does not start please help me with the port')
})

test.each([
  question,
  `I run the server on a small machine.\n${question}`,
  'port\nserver',
  'ポートを変更するには？\nサーバーは小さいです。',
])('what nobody pasted is left as it is: %j', (text) => {
  expect(questionWithPasteOf(text)).toBeNull()
})

describe('a letter', () => {
  test.each([
    ['Hi all,', 'Thanks,\nBob'],
    ['Dear support team,\n', 'Kind regards,\n\nDr. Maria Silva\nPlatform'],
    ['Good morning! Hope you are well.', 'Thank you in advance!'],
    ['Hallo zusammen,', 'Viele Grüße\nHans'],
    ['Hi,', 'Thanks and best regards, John Smith'],
    ['Hello!', 'Thanks for your help!\n\nAna'],
    ['Bonjour,', "Merci d'avance,\nÉmile"],
    ['Hi team,', 'Cheers\nBob\n\nSent from my iPhone'],
    ['Hi,', '\n\nSent from my iPhone'],
  ])('%s … %s: what is between is asked, and a log in it is not', (greeting, closing) => {
    expect(askedIn(`${greeting} ${question} ${closing}`).asked).toBe(question)
    expect(askedIn([greeting, log.join('\n'), question, closing].join('\n\n'))).toEqual({
      asked: question,
      message: log[17],
    })
  })

  test('of several paragraphs the one that asks is searched for, whole', () => {
    const story =
      'I took over this service from a colleague who left last month, and we have been running it for our customers since spring without any bigger trouble. My boss asked me to look into one more thing before the holidays begin.'
    const paragraph = `Another program has its port. ${question}`

    expect(askedIn(`Hello,\n\n${story}\n\n${paragraph}\n\nCheers, Jo`)).toEqual({
      asked: paragraph,
      message: story,
    })
    expect(
      askedIn(`Hello,\n\n${story}\n\nPlease tell me which variable sets the port of the server.`).asked,
    ).toBe('Please tell me which variable sets the port of the server.')
  })

  test.each([
    'Hello world, how do I print it?',
    'Is it fast? Thanks to the cache it should be.',
    'Thanks',
    'Dear',
    'Something is wrong with my site. Thanks in advance, the code is E1042',
    'The build fails on upload.\nThanks for any help. The error is E3310 on Windows.',
    'Ma machine est tombée en panne. Merci de me dire comment restaurer une sauvegarde.',
    'Ich fange gerade an. Danke für eine Erklärung, wie ich den Port ändere.',
    'lvextend fails on the runner.\nVG build has no free space, E3310',
    'It is set in quill.cheers webhook',
    'I set it in the file. Thanks page is still missing.',
  ])('none is seen in %j', (text) => {
    expect(askedIn(text)).toEqual({asked: text, message: ''})
  })
})

test.each([
  ['The process cannot read the file because another one has it', question],
  [question, 'Unable to find the package that was asked for'],
])('a message in prose beside a question is told from it: %s / %s', (...lines) => {
  expect(askedIn(lines.join('\n')).asked).toBe(question)
})

describe('in retrieval', () => {
  const pages = [
    samplePage('port.md', 'Change the port', [
      ['', 'The server listens on port 8080. Set PORT to change the port that it listens on.'],
    ]),
    samplePage('journal.md', 'Journal segments', [
      ['', 'The journal rotates its segments. A pool rotates each segment of the journal in turn.'],
    ]),
    samplePage('certificates.md', 'Certificates', [
      ['', 'The gateway cannot open a certificate that belongs to another user.'],
    ]),
  ]

  test.each([
    ['before', [...log, '', question]],
    ['after', [question, '', ...log]],
  ])('the question leads with the log %s it, and its message comes second', async (_where, lines) => {
    const world = await retrievalWorld(pages)
    const text = lines.join('\n')

    const {query, hits} = await world.retriever.search({text})
    world.close()

    expect(hits.slice(0, 2).map(({title}) => title)).toEqual(['Change the port', 'Certificates'])
    expect(query).toContain(question)
  })

  test('of more words than are used, the rarest that the docs know are', async () => {
    const world = await retrievalWorld(pages)
    const unknown = Array.from({length: 90}, (_, at) => `zq${at}zq`).join(' ')

    const words = questionTermsOf(world.build, `${unknown} certificate`).map(({word}) => word)
    world.close()

    expect(words).toHaveLength(64)
    expect(words).toContain('certificate')
  })
})

describe('a question with a story', () => {
  const story =
    'Hello, we run a small company that sells shoes and our team has grown to twelve people over the years. My boss asked me to take care of the servers although I was hired to design the web site.'

  test('of a long text the question is searched for, and the story is second to it', () => {
    const found = questionInStory(`${story} How do I create a backup of the database?`)

    expect(found?.asked).toBe('How do I create a backup of the database?')
    expect(found?.message).toBe(story)
  })

  test.each([
    ['a short text', 'We moved last week. How do I create a backup of the database?'],
    [
      'a question that says too little without what was told',
      `${story} The backups fail at night with a full disk. How can I fix it?`,
    ],
    ['a text without a question', `${story} I need a backup of the database.`],
  ])('%s stays as it is', (_name, text) => {
    expect(questionInStory(text)).toBeNull()
  })
})
