import {anthropicGenerator} from '../../src/generation/anthropic-generator.ts'
import {createGenerator} from '../../src/generation/create-generator.ts'
import {extractiveGenerator} from '../../src/generation/extractive-generator.ts'
import {withFallbacks} from '../../src/generation/with-fallbacks.ts'
import {generatorContract} from '../contracts/generator.contract.ts'
import {realisticReply, refusal, startFakeClaude} from '../support/fake-claude.ts'
import {scriptedGenerator} from '../support/scripted-generator.ts'

generatorContract('the extractive generator', async () => ({generator: extractiveGenerator({paceMs: 1})}))

generatorContract('the extractive generator without a pace', async () => ({
  generator: extractiveGenerator({paceMs: 0}),
}))

generatorContract('a script', async () => ({
  generator: scriptedGenerator(
    ['Set ', 'PORT.', {type: 'citation', n: 1, start: 0, end: 9}, {waitMs: 1}, ' Done.'],
    {paceMs: 1},
  ),
}))

generatorContract('Claude', async () => {
  const fake = await startFakeClaude({reply: realisticReply({tokenMs: 1, firstTokenMs: 1})})
  return {
    generator: anthropicGenerator({
      apiKey: 'test-key',
      baseUrl: fake.url,
      model: 'claude-haiku-5-5',
      maxOutputTokens: 1500,
    }),
    close: () => fake.close(),
  }
})

generatorContract('a failing model with the docs behind it', async () => {
  const fake = await startFakeClaude({reply: () => refusal(529, 'overloaded_error', 'Overloaded')})
  return {
    generator: withFallbacks(
      anthropicGenerator({
        apiKey: 'test-key',
        baseUrl: fake.url,
        model: 'claude-haiku-5-5',
        maxOutputTokens: 1500,
      }),
      {lastResort: extractiveGenerator({paceMs: 0}), sleep: async () => {}},
    ),
    close: () => fake.close(),
  }
})

generatorContract('the generator of the settings', async () => {
  const fake = await startFakeClaude({reply: realisticReply({tokenMs: 1, firstTokenMs: 1})})
  return {
    generator: await createGenerator({
      generator: 'auto',
      anthropicApiKey: 'test-key',
      anthropicBaseUrl: fake.url,
      anthropicModel: 'claude-haiku-5-5',
      anthropicFallbackModel: null,
      thinking: false,
      maxOutputTokens: 500,
      stallTimeoutMs: 5000,
    }),
    close: () => fake.close(),
  }
})
