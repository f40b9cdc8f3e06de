import {Writable} from 'node:stream'

/**
 * Standard output for the protocol alone: what anything else writes there from now on, such as a package that logs, goes to
 * standard error, for a client takes every line for a message.
 */
export function protocolOutput(): Writable {
  const {stdout, stderr} = process
  const write = stdout.write.bind(stdout)
  stdout.write = stderr.write.bind(stderr)
  const output = new Writable({
    decodeStrings: false,
    write: (chunk: string | Buffer, _encoding, done) => {
      write(chunk, (error) => done(error))
    },
  })
  // The client may have gone while it was being written to.
  stdout.on('error', (error) => output.destroy(error))
  return output
}
