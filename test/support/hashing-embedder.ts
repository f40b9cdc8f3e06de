import {createHash} from 'node:crypto'
import type {Embedder} from '../../src/embedding/embedder.ts'
import {termsOf} from '../../src/text/terms.ts'

export interface HashingEmbedder extends Embedder {
  /** Number of passages embedded so far. */
  readonly embedded: () => number
}

/**
 * A deterministic embedder without a model: each word adds a pseudo-random direction, so texts that share words are
 * close. Good enough to test that search works, but not its quality.
 */
export function hashingEmbedder(options: {dimensions?: number; id?: string} = {}): HashingEmbedder {
  const {dimensions = 32} = options
  const {id = `hashing-${dimensions}`} = options
  let embedded = 0
  const embed = (text: string): Float32Array => {
    const sum = new Float32Array(dimensions)
    for (const term of termsOf(text)) {
      const direction = directionOf(term, dimensions)
      for (let i = 0; i < dimensions; i++) sum[i]! += direction[i]!
    }
    const norm = Math.hypot(...sum)
    return norm === 0 ? sum : sum.map((value) => value / norm)
  }
  return {
    id,
    name: id,
    dimensions,
    embedded: () => embedded,
    async embedPassages(texts, {signal} = {}) {
      signal?.throwIfAborted()
      embedded += texts.length
      return texts.map(embed)
    },
    embedQuery: async (text) => embed(text),
    close: async () => {},
  }
}

const directions = new Map<string, Float32Array>()

function directionOf(term: string, dimensions: number): Float32Array {
  const key = `${dimensions}:${term}`
  let direction = directions.get(key)
  if (!direction) {
    const bytes: number[] = []
    for (let block = 0; bytes.length < dimensions; block++) {
      bytes.push(...createHash('sha256').update(`${block}:${term}`).digest())
    }
    direction = Float32Array.from(bytes.slice(0, dimensions), (byte) => byte / 127.5 - 1)
    directions.set(key, direction)
  }
  return direction
}
