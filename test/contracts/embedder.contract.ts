import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import type {Embedder} from '../../src/embedding/embedder.ts'

/** Two texts that a model must tell apart, and one that it must find nearer to the first. */
export interface EmbedderExample {
  readonly one: string
  readonly nearOne: string
  readonly other: string
}

/** What every embedder keeps, whatever is behind it. */
export function embedderContract(
  name: string,
  open: () => Promise<Embedder>,
  example: EmbedderExample,
): void {
  describe(`embedder contract: ${name}`, () => {
    let embedder: Embedder

    beforeAll(async () => {
      embedder = await open()
    })
    afterAll(() => embedder.close())

    test('every vector has the length told and is a unit vector', async () => {
      const vectors = await embedder.embedPassages([example.one, example.other])

      for (const vector of [...vectors, await embedder.embedQuery(example.one)]) {
        expect(vector).toHaveLength(embedder.dimensions)
        expect(lengthOf(vector)).toBeCloseTo(1, 4)
      }
    })

    test('vectors come in the order of the texts, however many and however long', async () => {
      const texts = Array.from({length: 70}, (_, index) =>
        `${index % 2 === 0 ? example.one : example.other} `.repeat(1 + ((index * 7) % 5)),
      )

      const together = await embedder.embedPassages(texts)

      for (const index of [0, 1, 33, 69]) {
        const [alone] = await embedder.embedPassages([texts[index]!])
        expect(cosine(alone!, together[index]!)).toBeCloseTo(1, 4)
      }
    })

    test('a text is nearer to what it speaks of', async () => {
      const [one, other] = await embedder.embedPassages([example.one, example.other])
      const near = await embedder.embedQuery(example.nearOne)

      expect(cosine(near, one!)).toBeGreaterThan(cosine(near, other!))
    })

    test('text without a word gives a zero vector', async () => {
      const vectors = await embedder.embedPassages(['', ' \n\t', example.one])

      expect(vectors.map((vector) => Math.round(lengthOf(vector)))).toEqual([0, 0, 1])
      expect(lengthOf(await embedder.embedQuery(''))).toBe(0)
    })

    test('no texts give no vectors', async () => {
      expect(await embedder.embedPassages([])).toEqual([])
    })

    test('an aborted signal ends the work with its reason', async () => {
      const controller = new AbortController()
      const reason = new Error('enough')
      const embedding = embedder.embedPassages(new Array<string>(500).fill(example.one), {
        signal: controller.signal,
      })
      controller.abort(reason)

      await expect(embedding).rejects.toBe(reason)
      await expect(embedder.embedPassages([example.one])).resolves.toHaveLength(1)
    })

    test('questions asked at the same time do not mix', async () => {
      const texts = [example.one, example.other, example.nearOne]
      const alone: Float32Array[] = []
      for (const text of texts) alone.push(await embedder.embedQuery(text))

      const together = await Promise.all(texts.map((text) => embedder.embedQuery(text)))

      together.forEach((vector, index) => {
        expect(cosine(vector, alone[index]!)).toBeCloseTo(1, 5)
      })
    })

    test('an embedder opened again has the same id', async () => {
      const again = await open()
      await again.close()

      expect(again.id).toBe(embedder.id)
    })
  })
}

export function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, at) => sum + value * b[at]!, 0)
}

export function lengthOf(vector: Float32Array): number {
  return Math.sqrt(cosine(vector, vector))
}
