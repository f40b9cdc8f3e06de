import type {Embedder} from '../embedding/index.ts'
import type {Topic} from './follow-up.ts'

/** A question's unit vector, shifted towards its topic by the topic's weight; zeros when the model knows no word. */
export async function questionVector(
  embedder: Embedder,
  question: string,
  {words, weight}: Topic,
): Promise<Float32Array> {
  const own = await embedder.embedQuery(question)
  if (weight === 0 || words.length === 0) return own
  const context = await embedder.embedQuery(words.join(' '))
  const mixed = own.map((value, index) => value + weight * context[index]!)
  const norm = Math.sqrt(mixed.reduce((sum, value) => sum + value * value, 0))
  return norm === 0 ? own : mixed.map((value) => value / norm)
}
