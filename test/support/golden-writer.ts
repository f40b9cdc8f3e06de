import {openGoldenQuestions} from '../../src/golden/index.ts'
import {noRedactor} from '../../src/redaction/index.ts'

/** Adds golden questions to a file without an end, and prints the number of each when it is added. */
const golden = openGoldenQuestions({file: process.argv[2]!, redactor: noRedactor})
for (let n = 0; ; n++) {
  const draft = {question: `Question ${n}`, relevant: ['/a'], lang: null, version: null}
  await golden.add([draft], {by: 'x', from: null})
  console.log(n)
}
