import {createServer} from 'node:net'
import {DocentError} from '../../domain/index.ts'
import type {Settings} from '../../settings/index.ts'

type Address = Pick<Settings, 'host' | 'port'>

/** Resolves if the port is free. @throws DocentError `config` that says why it cannot be used. */
export function assertPortIsFree({host, port}: Address): Promise<void> {
  const probe = createServer()
  return new Promise((resolve, reject) => {
    probe.once('error', (error) => reject(listenError(error, {host, port})))
    probe.listen(port, host, () => probe.close(() => resolve()))
  })
}

/** The error of the system, with a message that an operator can act on. */
export function listenError(error: NodeJS.ErrnoException, {host, port}: Address): DocentError {
  const message =
    error.code === 'EADDRINUSE'
      ? `Port ${port} is in use. Stop the program that uses it, or set PORT to another; 0 picks a free one.`
      : error.code === 'EACCES'
        ? `This user may not listen on port ${port}. Set PORT to one above 1023.`
        : error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND'
          ? `${host} is not an address of this machine. Set HOST to one that is, such as 127.0.0.1 or 0.0.0.0.`
          : `Cannot listen on ${host}:${port}: ${error.message}`
  return new DocentError('config', message, {cause: error})
}
