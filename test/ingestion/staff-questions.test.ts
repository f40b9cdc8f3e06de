import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {summaryOf} from '../../src/ingestion/index.ts'
import type {ContentFolder} from '../support/content-folder.ts'
import {ingestFolder, newFolder} from '../support/ingest-world.ts'

function folderWith(text: string): ContentFolder {
  const folder = newFolder(files)
  mkdirSync(folder.dataDir)
  writeFileSync(join(folder.dataDir, 'golden.jsonl'), text)
  return folder
}

const files = {
  'zebras.md': '# Zebras\n\n## Feeding\n\nZebras are fed with hay at noon.\n',
  'giraffes.md': '# Giraffes\n\nGiraffes reach high leaves.\n',
}

test('the golden questions of the staff are asked of each new build, reported, and refuse none', async () => {
  const lines = [
    {id: 'later', question: 'How do penguins swim?', relevant: ['/penguins#swimming']},
    {
      id: 'found',
      question: 'How are zebras fed?',
      relevant: ['/zebras#feeding'],
      addedBy: 'Ada',
      version: '9.x',
    },
    {id: 'no', question: 'Who sells tickets?', relevant: []},
  ]
  const folder = folderWith(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))

  const report = await ingestFolder(folder)

  expect(report).toMatchObject({
    outcome: 'published',
    golden: null,
    staffQuestions: {questions: 2, asked: 2, found: 1, missed: ['later'], problem: null},
  })
  expect(JSON.stringify(report.staffQuestions)).not.toContain('penguins')
  expect(summaryOf(report)).toContain(
    "golden    1 of 2 of the staff's questions find their section; not later",
  )

  folder.write('penguins.md', '# Penguins\n\n## Swimming\n\nPenguins swim with their wings.\n')
  expect((await ingestFolder(folder)).staffQuestions).toMatchObject({found: 2, missed: []})
  // Worse than before: published all the same.
  folder.write('zebras.md', '# Zebras\n\nThere are none any more.\n')
  expect(await ingestFolder(folder)).toMatchObject({
    outcome: 'published',
    gates: expect.not.arrayContaining([expect.objectContaining({name: 'golden'})]),
    staffQuestions: {found: 1, missed: ['found']},
  })
})

test('a line of golden questions that cannot be read is named, and the others are asked', async () => {
  const folder = folderWith(
    '{"question"\n{"question": "How are zebras fed?", "relevant": ["/docs/zebras#feeding"]}\n',
  )

  const report = await ingestFolder(folder)

  expect(report.staffQuestions).toMatchObject({
    ...{asked: 1, found: 1, problem: null, problemCount: 1},
    problems: [{line: 1, problem: 'is not JSON.'}],
  })
  expect(summaryOf(report)).toContain('a line left out: golden.jsonl:1 is not JSON.')
})

test('a file of golden questions that cannot be read is reported, and the build is published', async () => {
  const folder = folderWith('\n{"question"')

  const report = await ingestFolder(folder)

  expect(report).toMatchObject({
    outcome: 'published',
    staffQuestions: {asked: 0, problem: 'golden.jsonl:2 is not JSON.'},
  })
  expect(summaryOf(report)).toContain('could not be asked: golden.jsonl:2 is not JSON.')
})
