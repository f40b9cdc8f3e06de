import {expect, test} from 'vitest'
import {isExtract, openingLinesFor} from '../../src/generation/opening-lines.ts'

test.each([
  ['Can I use Kafka with the server?', 'The docs do not mention “Kafka”, “Redis”.\n\nFrom the docs:'],
  [
    'Wie kann ich Kafka mit dem Server nutzen?',
    'Die Dokumentation erwähnt „Kafka“, „Redis“ nicht.\n\nAus der Dokumentation:',
  ],
  [
    'サーバーでKafkaを使えますか',
    'ドキュメントには「Kafka」, 「Redis」についての記載がありません。\n\nドキュメントからの引用：',
  ],
])('an extract for "%s" begins with what the docs do not mention', (question, opening) => {
  const {quoting} = openingLinesFor([question], 'Set the port.', ['Kafka', 'Redis'])
  expect(quoting).toBe(opening)
  expect(isExtract(`${quoting}\n\nSet the port.`)).toBe(true)
})

test('a word of the question is no Markdown in the line about it', () => {
  const {nothing} = openingLinesFor(['Where is it?'], '', ['`x`', '[a](b)'])
  expect(nothing).toContain('“\\`x\\`”, “[a\\](b)”')
  expect(isExtract(nothing)).toBe(true)
})

test('without such words an extract begins as before, and an answer that only denies is no extract', () => {
  expect(openingLinesFor(['Where is it?'], '', []).quoting).toBe('From the docs:')
  expect(isExtract('The docs do not mention “Kafka”. Use the queue instead.')).toBe(false)
})
