import {join} from 'node:path'
import type {Manifest} from './build.ts'
import {fingerprintOf} from './durable-files.ts'

/** What does not agree with the manifest, as a sentence; null when the file is as it was written. */
export async function mismatchOf(folder: string, manifest: Manifest, file: string): Promise<string | null> {
  const expected = manifest.files[file]
  if (!expected) return `the manifest of ${folder} does not know ${file}`
  try {
    const found = await fingerprintOf(join(folder, file))
    if (found.bytes !== expected.bytes)
      return `${join(folder, file)} has ${found.bytes} bytes, not ${expected.bytes}`
    return found.sha256 === expected.sha256
      ? null
      : `${join(folder, file)} is damaged: its checksum is another`
  } catch (error) {
    return `${join(folder, file)} cannot be read: ${(error as Error).message}`
  }
}
