import {join} from 'node:path'
import type {Manifest} from './build.ts'
import {fingerprintOf} from './durable-files.ts'

/** How a file differs from its manifest, as a sentence; null when it does not. */
export async function mismatchOf(folder: string, manifest: Manifest, file: string): Promise<string | null> {
  const expected = manifest.files[file]
  if (!expected) return `the manifest of ${folder} does not list ${file}`
  try {
    const found = await fingerprintOf(join(folder, file))
    if (found.bytes !== expected.bytes)
      return `${join(folder, file)} has ${found.bytes} bytes, not ${expected.bytes}`
    return found.sha256 === expected.sha256
      ? null
      : `${join(folder, file)} is damaged: its checksum does not match`
  } catch (error) {
    return `${join(folder, file)} cannot be read: ${(error as Error).message}`
  }
}
