import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import type {Page} from '../../src/domain/index.ts'
import type {Embedder} from '../../src/embedding/embedder.ts'
import {openEmbedder} from '../../src/embedding/transformers-embedder.ts'
import {calibrate} from '../../src/retrieval/calibrate.ts'
import {type Calibration, isCurrentCalibration, parseCalibration} from '../../src/retrieval/calibration.ts'
import {englishFeatureNames} from '../../src/retrieval/english-answerability.ts'
import {needsEarlierTurns, standsAlone} from '../../src/retrieval/follow-up.ts'
import {isTechnicalEnglish, isTechnicalEnglishBuild} from '../../src/retrieval/technical-english.ts'
import {samplePage} from '../support/sample-pages.ts'
import {retrievalWorld} from './world.ts'

let embedder: Embedder
beforeAll(async () => {
  embedder = await openEmbedder({model: null})
}, 60_000)
afterAll(() => embedder.close())

const pages: readonly Page[] = [
  samplePage('install.md', 'Install Kestrel', [
    ['', 'Kestrel is a backup program for servers. It runs on Linux and on macOS.'],
    ['With a package', 'Add the repository of Kestrel and install the package with your package manager.'],
    [
      'With Docker',
      'Run the Kestrel image with Docker and mount the folders that are to be backed up as volumes.',
    ],
    [
      'Upgrade',
      'Stop the service, install the new package and start the service again. Repositories are migrated.',
    ],
  ]),
  samplePage('backup.md', 'Back up', [
    [
      'Create a repository',
      'A repository stores snapshots. Create one with `kestrel init` and choose a password.',
    ],
    [
      'Take a snapshot',
      'Run `kestrel snapshot` with the folders to back up. Only changed blocks are uploaded.',
    ],
    ['Schedule snapshots', 'A timer of systemd or a line of cron takes a snapshot every night.'],
    ['Exclude files', 'List patterns of files to exclude in a file and pass it with `--exclude-file`.'],
  ]),
  samplePage('restore.md', 'Restore', [
    ['Restore a folder', 'Run `kestrel restore` with the id of the snapshot and the folder to restore.'],
    ['Mount a snapshot', 'Mount a snapshot as a read-only file system to look for a single file.'],
    ['Check a repository', 'Run `kestrel check` to verify the checksums of all blocks in the repository.'],
  ]),
  samplePage('storage.md', 'Storage', [
    ['Amazon S3', 'Set the bucket, the region and the access key to store snapshots in Amazon S3.'],
    ['SFTP', 'Store snapshots on a server that you reach over SSH. The key is read from the agent.'],
    [
      'Retention',
      'Old snapshots are removed by a retention policy: keep so many daily, weekly and monthly ones.',
    ],
    ['Encryption', 'Blocks are encrypted with AES-256. Without the password nobody can read the repository.'],
  ]),
]

describe('a small English documentation', () => {
  let world: Awaited<ReturnType<typeof retrievalWorld>>
  beforeAll(async () => {
    const first = await retrievalWorld(pages, {embedder})
    const calibration = await calibrate(first.build, embedder)
    first.close()
    world = await retrievalWorld(pages, {embedder, calibration})
  })
  afterAll(() => world.close())

  const refuses = async (
    question: string,
    history: readonly {role: 'user' | 'assistant'; content: string}[] = [],
  ) => (await world.retriever.retrieve({question, history, version: null})).abstention !== null

  test.each([
    'Can I use Docker with it?',
    'Does it work with Amazon S3?',
    'How do I schedule a snapshot every night?',
    'How can I exclude some files from the backup?',
    'Is the repository encrypted?',
    'Which patterns can I exclude tomorrow, mistakenly or not?',
    'How do I restor a foldr?',
  ])('answers %s', async (question) => {
    expect(await refuses(question)).toBe(false)
  })

  test.each([
    'Can I use Terraform with it?',
    'Can I use Salesforce with it?',
    'Does it support Okta?',
    'What is GPT-4?',
    'How do I write a custom React hook?',
    'How do I declare a GraphQL resolver?',
    'What is the best pizza in Naples?',
    'What is 2+2?',
    'How do I bake bread?',
    'Who won the world cup?',
    'How do I turn on two-factor authentication in gradle?',
  ])('refuses %s', async (question) => {
    expect(await refuses(question)).toBe(true)
  })

  test('refuses another topic in a conversation too, and answers a follow-up that says little', async () => {
    const history = [
      {role: 'user', content: 'How do I take a snapshot?'},
      {role: 'assistant', content: 'Run `kestrel snapshot` with the folders to back up.'},
    ] as const

    expect(await refuses('Which vaccinations does a puppy need in its first year?', history)).toBe(true)
    expect(await refuses('And restore it?', history)).toBe(false)
  })

  test.each(['Can I use Terraform with it?', 'Who is the CEO?', 'tell me a joke', 'and the weather?'])(
    'a few words about something that the docs never name are refused in a conversation too: %s',
    async (question) => {
      const history = [
        {role: 'user', content: 'How do I take a snapshot?'},
        {role: 'assistant', content: 'Run `kestrel snapshot` with the folders to back up.'},
      ] as const

      expect(await refuses(question, history)).toBe(true)
    },
  )

  test('names the sections that came nearest, each with its first sentence', async () => {
    const {abstention} = await world.retriever.retrieve({
      question: 'How do I schedule a Salesforce export?',
      history: [],
      version: null,
    })

    expect(abstention?.nearest[0]?.section).toMatchObject({
      heading: 'Schedule snapshots',
      anchor: 'schedule-snapshots',
      text: 'A timer of systemd or a line of cron takes a snapshot every night.',
    })
  })

  test('reports the features that decided', async () => {
    const {features} = await world.retriever.search({text: 'Can I use Terraform with it?'})

    for (const name of englishFeatureNames) expect(features[name]).toEqual(expect.any(Number))
    expect(features['missing']).toBeGreaterThan(0.5)
  })

  test('an identifier counts as a whole, though the docs have its parts', async () => {
    const missingIn = async (text: string) => (await world.retriever.search({text})).features['missing']!

    expect(await missingIn('What does server.repository_folder do?')).toBe(1)
    expect(await missingIn('What does the repository folder on the server do?')).toBeLessThan(0.5)
  })

  test('decides a question in another language as before', async () => {
    const {features} = await world.retriever.search({text: 'Wie stelle ich einen Ordner wieder her?'})

    expect(features['missing']).toBeUndefined()
  })
})

test('docs of one page refuse what they never name, and answer what they name', async () => {
  const world = await retrievalWorld(pages.slice(0, 1), {embedder})
  const refuses = async (question: string) =>
    (await world.retriever.retrieve({question, history: [], version: null})).abstention !== null

  expect(await refuses('Can I use Kubernetes with it?')).toBe(true)
  expect(await refuses('Does it work with Okta?')).toBe(true)
  expect(await refuses('Can I use Docker with it?')).toBe(false)
  expect(await refuses('How do I upgrade?')).toBe(false)
  expect(await refuses('HOW DO I UPGRADE IT?')).toBe(false)
  world.close()
})

test.each([
  ['German', 'Sichern', 'Der Ordner wird jede Nacht gesichert und kann jederzeit wiederhergestellt werden.'],
  ['Japanese', 'バックアップ', 'フォルダーは毎晩バックアップされ、いつでも復元できます。'],
])('docs in %s are decided as before', async (_, title, text) => {
  const foreign = Array.from({length: 8}, (__, number) =>
    samplePage(`${number}.md`, `${title} ${number}`, [
      ['', text],
      [`${title} ${number}`, text],
    ]),
  )
  const world = await retrievalWorld(foreign, {embedder})

  const calibration = await calibrate(world.build, embedder, {samples: 40})

  expect(isTechnicalEnglishBuild(world.build)).toBe(false)
  expect(calibration.english).toBeNull()
  world.close()
})

test('a calibration made before there was an English part is used as it is', async () => {
  const first = await retrievalWorld(pages, {embedder})
  const {english, ...old} = await calibrate(first.build, embedder)
  first.close()
  const world = await retrievalWorld(pages, {embedder, calibration: old})

  const {features, answerability} = await world.retriever.search({text: 'How do I take a snapshot?'})
  world.close()

  expect(english).not.toBeNull()
  expect(isCurrentCalibration(old)).toBe(false)
  expect(isCurrentCalibration({...old, english})).toBe(true)
  expect(parseCalibration(old)).toEqual(old)
  expect(features['missing']).toBeUndefined()
  expect(answerability).toBeGreaterThan((old as Calibration).threshold)
})

test.each([
  ['damaged', {outOfDomain: 'low', synthetic: 1, cosines: null}],
  ['made for other features', {outOfDomain: -3.1, synthetic: 1.2, cosines: null}],
])('an English part that is %s is left out, and made anew by the next ingest', (_, english) => {
  const calibration = {...parseCalibration(null), english}

  expect(parseCalibration(calibration).english).toBeUndefined()
  expect(isCurrentCalibration(calibration)).toBe(false)
})

test('questions in English are told from others by their words', () => {
  for (const question of [
    'How do I change the port?',
    'mount a volume read-only',
    'zsh tab completion',
    'Is ther a fast way to reed json?',
  ])
    expect(isTechnicalEnglish(question)).toBe(true)
  for (const question of [
    'Wie ändere ich den Port?',
    '¿Cómo puedo cambiar el puerto?',
    'Comment changer le port du serveur ?',
    'ポートを変更するには?',
    '',
  ])
    expect(isTechnicalEnglish(question)).toBe(false)
})

test('a follow-up depends on earlier turns where it says little or refers to them', () => {
  for (const question of ['And on Windows?', 'Why?', 'Can it be changed?']) {
    expect(needsEarlierTurns(question)).toBe(true)
    expect(standsAlone(question)).toBe(false)
  }
  for (const question of ['How do I boil an egg?', 'Which vaccinations does a puppy need in its first year?'])
    expect(needsEarlierTurns(question)).toBe(false)
  expect(standsAlone('Which vaccinations does a puppy need in its first year?')).toBe(true)
})
