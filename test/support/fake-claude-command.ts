/**
 * The fake Claude as a program.
 *
 * Run with: node scripts/build/run.mjs test/support/fake-claude-command.ts [--port 8787] [--token-ms 15] [--first-token-ms 200]
 * and start the server with ANTHROPIC_BASE_URL=http://127.0.0.1:8787 and any ANTHROPIC_API_KEY.
 */
import {realisticReply, startFakeClaude} from './fake-claude.ts'

const tokenMs = flag('token-ms')
const firstTokenMs = flag('first-token-ms')
const fake = await startFakeClaude({
  port: flag('port') ?? 8787,
  reply: realisticReply({
    ...(tokenMs === undefined ? {} : {tokenMs}),
    ...(firstTokenMs === undefined ? {} : {firstTokenMs}),
  }),
})
process.stdout.write(`Fake Claude at ${fake.url}\n`)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void fake.close())

function flag(name: string): number | undefined {
  const at = process.argv.indexOf(`--${name}`)
  const value = at < 0 ? Number.NaN : Number(process.argv[at + 1])
  return Number.isFinite(value) ? value : undefined
}
