/** A process that opens the transcripts file in argv and prints the warning that others may read it. */
import {openTranscripts} from '../../src/transcripts/open-transcripts.ts'

openTranscripts({file: process.argv[2]!, onExposed: (warning) => console.log(warning)}).close()
