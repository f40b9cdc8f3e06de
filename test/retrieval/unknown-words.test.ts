import {afterEach, describe, expect, test} from 'vitest'
import type {Page} from '../../src/domain/index.ts'
import {samplePage} from '../support/sample-pages.ts'
import {retrievalWorld} from './world.ts'

let world: Awaited<ReturnType<typeof retrievalWorld>> | null = null
afterEach(() => {
  world?.close()
  world = null
})

async function assessed(pages: readonly Page[], question: string, defaultLanguage = 'en') {
  world = await retrievalWorld(pages, {defaultLanguage})
  return world.retriever.retrieve({question, history: [], version: null})
}

const english = [
  samplePage('snapshots.md', 'Snapshots', [
    [
      'Take a snapshot',
      'Run the command with the folders to back up. Only changed blocks are uploaded to the server.',
    ],
    [
      'Store snapshots',
      'You can store snapshots on a server that you reach over SSH, with a key from the agent.',
    ],
  ]),
]

describe('words that the docs never use', () => {
  test.each([
    ['Can I store snapshots in MongoDB?', ['MongoDB']],
    ['Is there a webhook when snapshots are stored?', ['webhook']],
    ['How do I use PostgreSQL, Kafka and Redis with snapshots?', ['PostgreSQL', 'Kafka', 'Redis']],
  ])('of "%s" are told as the asker wrote them, and make the answer partial', async (question, words) => {
    expect(await assessed(english, question)).toMatchObject({unknownWords: words, answerability: 'partly'})
  })

  test.each([
    ['a plural and another ending', 'Which command is uploading the changed folder to servers?'],
    ['a typo that is corrected', 'How do I take a snapshto of the foldres?'],
    ['a typo that nothing corrects', 'How do I take a snpshots teh quik way?'],
    ['usual English', 'Can nobody quietly store a snapshot tomorrow?'],
    ['numbers', 'How do I store 4096 snapshots in 2031?'],
  ])('are none for %s', async (_, question) => {
    expect(await assessed(english, question)).toMatchObject({unknownWords: [], answerability: 'yes'})
  })

  test('are at most five, each once', async () => {
    const question = 'Do MongoDB, mongodb, Kafka, Redis, Bitbucket, Vault, Docker and Slack store snapshots?'
    expect((await assessed(english, question)).unknownWords).toEqual([
      'MongoDB',
      'Kafka',
      'Redis',
      'Bitbucket',
      'Vault',
    ])
  })

  test('of a question in another language than the docs are only names in camel case', async () => {
    const question = 'Wie speichere ich meine Sicherungen in PostgreSQL auf dem Server?'
    expect((await assessed(english, question)).unknownWords).toEqual(['PostgreSQL'])
  })

  const german = [
    samplePage('sicherung.md', 'Sicherung', [
      [
        'Datei sichern',
        'Mit dem Befehl sichern Sie jede Datei auf dem Server. Die Sicherung läuft in der Nacht.',
      ],
    ]),
  ]

  test('in German: a compound of known words is known, another word is not', async () => {
    const compound = await assessed(german, 'Wie läuft die Dateisicherung auf dem Server?', 'de')
    expect(compound.unknownWords).toEqual([])
    world?.close()
    const other = await assessed(german, 'Wie sichern Sie die Datei mit einem Drucker?', 'de')
    expect(other.unknownWords).toEqual(['Drucker'])
  })

  const japanese = [
    samplePage('backup.md', 'バックアップ', [
      ['保存', 'コマンドを実行すると、サーバーにファイルを保存します。変更されたブロックだけを送信します。'],
    ]),
  ]

  test('in Japanese: only a word of which the docs have no pair of characters', async () => {
    const known = await assessed(japanese, 'ファイルをサーバーに保存するコマンドは何ですか', 'ja')
    expect(known.unknownWords).toEqual([])
    world?.close()
    const other = await assessed(japanese, 'ファイルを印刷するコマンドは何ですか', 'ja')
    expect(other.unknownWords).toEqual(['印刷'])
  })
})
