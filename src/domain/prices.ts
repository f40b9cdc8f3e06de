import type {Usage} from './answer-event.ts'

/** Prices of a model per million tokens, in the currency of whoever set them. */
export interface TokenPrices {
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  readonly cacheWrite: number
}

/** By the name of the model, or by how its dated names begin: `claude-sonnet-4-5` also stands for `claude-sonnet-4-5-20250929`. */
export type ModelPrices = ReadonlyMap<string, TokenPrices>

/** What tokens cost, an estimate; null where the model has no price. Without a model nothing was spent. */
export function costOf(model: string | null, usage: Usage, prices: ModelPrices): number | null {
  if (model === null) return 0
  let name = model
  while (!prices.has(name) && name.includes('-')) name = name.slice(0, name.lastIndexOf('-'))
  const price = prices.get(name)
  if (price === undefined) return null
  const {inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens} = usage
  const millionths =
    inputTokens * price.input +
    outputTokens * price.output +
    cacheReadTokens * price.cacheRead +
    cacheWriteTokens * price.cacheWrite
  return millionths / 1e6
}

/** The same of an answer, by the model that wrote it. */
export function costOfAnswer(
  {
    model,
    writtenBy,
    usage,
  }: {
    readonly model: string | null
    readonly writtenBy?: {readonly model: string | null}
    readonly usage: Usage
  },
  prices: ModelPrices,
): number | null {
  return costOf(writtenBy === undefined ? model : writtenBy.model, usage, prices)
}
