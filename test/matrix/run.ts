/**
 * Tests that take too long for `npm test`: the product on other versions of Node, with other client libraries, compared
 * with the sites of real generators, and random schedules with many seeds.
 *
 * Run with: npm run test:matrix -- [KIND [NAME…]] [options]; see `--help`.
 */
import {runMatrix} from './matrix.ts'

// Libraries under test may leave connections open that would keep this process alive.
process.exit(await runMatrix(process.argv.slice(2)))
