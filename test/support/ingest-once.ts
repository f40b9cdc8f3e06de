import {ingest} from '../../src/ingestion/index.ts'
import {directParser} from './direct-parser.ts'
import {hashingEmbedder} from './hashing-embedder.ts'

/**
 * Runs one ingest in a process that can be killed. Arguments: the content folder, the data folder, and the stage at
 * whose beginning it kills itself, if any.
 */
const [content, dataDir, fatal] = process.argv.slice(2)
const embedder = hashingEmbedder()
const report = await ingest(
  {
    content: content!,
    dataDir: dataDir!,
    embedder: async () => embedder,
    openParser: directParser,
    force: true,
  },
  {
    onProgress({stage}) {
      if (stage === fatal) process.kill(process.pid, 'SIGKILL')
      process.send?.(stage)
    },
  },
)
process.send?.(report.outcome)
process.disconnect?.()
