import {expect, test} from 'vitest'
import {calibrate} from '../../src/retrieval/calibrate.ts'
import {defaultCalibration, parseCalibration} from '../../src/retrieval/calibration.ts'
import {dependenceOf, topicOf} from '../../src/retrieval/follow-up.ts'
import {randomPages, samplePage} from '../support/sample-pages.ts'
import {retrievalWorld} from './world.ts'

test('a calibration separates the questions of its build from out-of-domain ones, and is the same for the same seed', async () => {
  const world = await retrievalWorld(randomPages(40))

  const calibration = await calibrate(world.build, world.embedder, {samples: 60})
  const again = await calibrate(world.build, world.embedder, {samples: 60})
  world.close()

  expect(calibration.fit!.auroc).toBeGreaterThan(0.9)
  expect(calibration.fit!.refusedAnswerable).toBeLessThanOrEqual(0.05)
  expect(again).toEqual(calibration)
  expect(parseCalibration(JSON.parse(JSON.stringify(calibration)))).toEqual(calibration)
})

test('with its calibration a build abstains from what it does not know', async () => {
  const pages = randomPages(40)
  const first = await retrievalWorld(pages)
  const calibration = await calibrate(first.build, first.embedder, {samples: 60})
  first.close()
  const world = await retrievalWorld(pages, {calibration})

  const outOfDomain = await world.retriever.retrieve({
    question: 'Who painted the ceiling of the chapel?',
    history: [],
    version: null,
  })
  const own = await world.retriever.retrieve({
    question: 'how do I mount a volume in a pod of the cluster',
    history: [],
    version: null,
  })
  world.close()

  expect(outOfDomain.abstention).not.toBeNull()
  expect(own.abstention).toBeNull()
})

test('a build too small to learn from, and a calibration that is not one, get the default', async () => {
  const world = await retrievalWorld([samplePage('a.md', 'A', [['', 'Only this.']])])

  const {threshold, ...rest} = await calibrate(world.build, world.embedder)
  expect(rest).toEqual((({threshold: _, ...others}) => others)(defaultCalibration))
  // The fewer sections, the lower the threshold.
  expect(threshold).toBeGreaterThan(0)
  expect(threshold).toBeLessThan(defaultCalibration.threshold)
  world.close()
  for (const value of [null, 7, {}, {format: 2}, {format: 1, weights: {}, bias: 0, threshold: 0}]) {
    expect(parseCalibration(value)).toEqual(defaultCalibration)
  }
})

test('calibrating stops when asked to', async () => {
  const world = await retrievalWorld(randomPages(20))

  await expect(
    calibrate(world.build, world.embedder, {signal: AbortSignal.abort(new Error('enough'))}),
  ).rejects.toThrow('enough')
  world.close()
})

test('a question that points back depends more on what was said than one that stands alone', () => {
  expect(dependenceOf('And on Windows?')).toBeGreaterThan(
    dependenceOf('How do I configure the retention of nightly backups for a cluster?'),
  )
})

test('a first question has no topic to take; a later one takes the most important words', () => {
  const history = [{role: 'user', content: 'How is the ingress controller set up?'}] as const

  expect(topicOf('And TLS?', [], () => 1).words).toEqual([])
  expect(topicOf('And TLS?', history, (term) => (term === 'ingress' ? 5 : 1)).words[0]).toBe('ingress')
})
