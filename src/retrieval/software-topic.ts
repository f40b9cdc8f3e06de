import type {Embedder} from '../embedding/index.ts'
import {dot} from '../lib/vector-math.ts'
import {everydayQuestions, softwareQuestions} from './out-of-domain-questions.ts'

/** Mean vectors of the two kinds of out-of-domain questions. */
interface Centroids {
  readonly everyday: Float32Array
  readonly software: Float32Array
}

const centroids = new WeakMap<Embedder, Promise<Centroids>>()

/**
 * Whether a question is about software: whether it is nearer to the out-of-domain questions on software than to the
 * others. The first call for a model embeds all of them, about 50 ms with the one that ships.
 * @throws DocentError `embedding_model`.
 */
export async function isAboutSoftware(embedder: Embedder, vector: Float32Array): Promise<boolean> {
  let known = centroids.get(embedder)
  if (known === undefined) {
    known = centroidsOf(embedder)
    centroids.set(embedder, known)
    known.catch(() => centroids.delete(embedder))
  }
  const {everyday, software} = await known
  return dot(vector, software) > dot(vector, everyday)
}

async function centroidsOf(embedder: Embedder): Promise<Centroids> {
  const centroid = async (questions: readonly string[]): Promise<Float32Array> => {
    const sum = new Float32Array(embedder.dimensions)
    const vectors = await Promise.all(questions.map((question) => embedder.embedQuery(question)))
    for (const vector of vectors) for (let at = 0; at < sum.length; at++) sum[at]! += vector[at]!
    const norm = Math.sqrt(dot(sum, sum)) || 1
    return sum.map((value) => value / norm)
  }
  const [everyday, software] = [await centroid(everydayQuestions), await centroid(softwareQuestions)]
  return {everyday, software}
}
