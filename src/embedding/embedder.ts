/** Turns text into unit vectors. One instance serves one process; it holds native memory until closed. */
export interface Embedder {
  /**
   * Names the model and everything that shapes its vectors (weights, pooling, prefixes): two embedders with
   * the same `id` give the same vectors, so vectors may be kept as long as it does not change.
   */
  readonly id: string
  /** What people call it: the folder's or the hub's name. */
  readonly name: string
  readonly dimensions: number

  /**
   * One unit vector of `dimensions` floats a text, in order. Text without any known token gives a zero vector.
   * @throws DocentError `embedding_model`; the signal's reason when aborted between batches.
   */
  embedPassages(texts: readonly string[], options?: {readonly signal?: AbortSignal}): Promise<Float32Array[]>

  /** The same for one question: models trained with prefixes tell the two apart. */
  embedQuery(text: string): Promise<Float32Array>

  close(): Promise<void>
}
