/**
 * What takes longer than `npm test` may: the product on other Nodes, read by other client libraries, beside the pages
 * that real site generators make, and random schedules with many seeds.
 *
 * Run with: npm run test:matrix -- [KIND [NAME…]] [options]; `--help` says which.
 */
import {runMatrix} from './matrix.ts'

// Libraries under test may leave connections open that would keep this process alive.
process.exit(await runMatrix(process.argv.slice(2)))
