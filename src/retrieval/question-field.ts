import type {Embedder} from '../embedding/index.ts'
import {dot} from '../lib/vector-math.ts'
import {everydayQuestions, softwareQuestions} from './foreign-questions.ts'

interface Fields {
  readonly everyday: Float32Array
  readonly software: Float32Array
}

const fields = new WeakMap<Embedder, Promise<Fields>>()

/**
 * Whether a question is about software, going by which of the foreign questions it is more like. The first call
 * for a model embeds all of those, some 50 ms with the shipped one.
 * @throws DocentError `embedding_model`.
 */
export async function isAboutSoftware(embedder: Embedder, vector: Float32Array): Promise<boolean> {
  let known = fields.get(embedder)
  if (known === undefined) {
    known = fieldsOf(embedder)
    fields.set(embedder, known)
    known.catch(() => fields.delete(embedder))
  }
  const {everyday, software} = await known
  return dot(vector, software) > dot(vector, everyday)
}

async function fieldsOf(embedder: Embedder): Promise<Fields> {
  const middle = async (questions: readonly string[]): Promise<Float32Array> => {
    const sum = new Float32Array(embedder.dimensions)
    const vectors = await Promise.all(questions.map((question) => embedder.embedQuery(question)))
    for (const vector of vectors) for (let at = 0; at < sum.length; at++) sum[at]! += vector[at]!
    const norm = Math.sqrt(dot(sum, sum)) || 1
    return sum.map((value) => value / norm)
  }
  const [everyday, software] = [await middle(everydayQuestions), await middle(softwareQuestions)]
  return {everyday, software}
}
