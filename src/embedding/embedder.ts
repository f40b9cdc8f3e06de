import type {WordVectors} from './word-vectors.ts'

/** Turns text into unit vectors. One instance per process is enough; it holds native memory until closed. */
export interface Embedder {
  /**
   * Identifies the model and everything that determines its vectors (weights, pooling, prefixes): two embedders with
   * the same `id` return the same vectors, so vectors can be reused until it changes.
   */
  readonly id: string
  /** Display name: that of the folder or on the hub. */
  readonly name: string
  readonly dimensions: number
  /** Languages whose texts have useful vectors, without region; null for any. Absent: those known by the model's name. */
  readonly languages?: readonly string[] | null
  /** How alike single words are; absent where the model has no vectors of words, as one with attention. */
  readonly words?: WordVectors

  /**
   * Returns one unit vector of `dimensions` floats per text, in order; a zero vector for text without a known token.
   * @throws DocentError `embedding_model`; the signal's reason when aborted between batches.
   */
  embedPassages(texts: readonly string[], options?: {readonly signal?: AbortSignal}): Promise<Float32Array[]>

  /** The same for one question: models trained with prefixes treat questions and passages differently. */
  embedQuery(text: string): Promise<Float32Array>

  close(): Promise<void>
}
