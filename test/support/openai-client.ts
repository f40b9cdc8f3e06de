import OpenAI, {type ClientOptions} from 'openai'
import type {TestDocent} from './start-docent.ts'

/** OpenAI's own library, pointed at a server of a test. It asks once, unless it is told otherwise. */
export function openAiClient(product: Pick<TestDocent, 'url'>, options: ClientOptions = {}): OpenAI {
  return new OpenAI({baseURL: `${product.url}/v1`, apiKey: 'any', maxRetries: 0, ...options})
}

/** What Docent adds to completions, chunks and responses. */
export interface VendorFields {
  readonly sources: readonly {readonly n: number; readonly url: string; readonly cited: boolean}[]
  readonly citations: readonly string[]
  readonly docent: {
    readonly answer_id: string
    readonly conversation_id: string | null
    readonly [fact: string]: unknown
  }
}

/** The same object with the fields that its type does not know. */
export function vendorFieldsOf(body: object): VendorFields {
  return body as unknown as VendorFields
}

/** The bodies of `data:` lines, unparsed. */
export async function dataLinesOf(response: Response): Promise<string[]> {
  const text = await response.text()
  return text.split('\n').flatMap((line) => (line.startsWith('data: ') ? [line.slice(6)] : []))
}
