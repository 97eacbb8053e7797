/** Which encoding a text is in: byte-order marks and valid UTF-8 decide; the rest is chardet's guess. */
import { detect } from 'chardet';

/** A label that TextDecoder knows. @param head the file's first bytes; @param isAll whether that is all of it */
export function encodingOf(head: Uint8Array, isAll: boolean): string {
  const [a, b, c] = head;
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  const utf16 = utf16WithoutMark(head);
  if (utf16) return utf16;
  if (isUtf8(head, isAll)) return 'utf-8';
  if (isAlmostUtf8(head)) return 'utf-8';
  const guess = known(detect(head)) ?? 'windows-1252';
  return guess === 'big5' && isGb2312(head) ? 'gb18030' : guess;
}

/** A few damaged bytes in text that is UTF-8 otherwise: they are noted, and the other characters stay right. */
function isAlmostUtf8(head: Uint8Array): boolean {
  const text = new TextDecoder('utf-8').decode(head, { stream: true });
  const broken = text.split('\ufffd').length - 1;
  let beyondAscii = 0;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) beyondAscii++;
  return beyondAscii - broken >= broken * 9;
}

/**
 * In little text chardet takes one for the other. The second bytes of GB 2312's characters are all above 0xa0;
 * Big5 has two fifths of them (0x40 to 0x7e) below.
 */
function isGb2312(head: Uint8Array): boolean {
  for (let i = 0; i + 1 < head.length; i++) {
    const first = head[i] ?? 0;
    if (first < 0x80) continue;
    if (first < 0xa1 || first > 0xf7 || (head[++i] ?? 0) < 0xa1) return false;
  }
  return true;
}

/** Latin text in UTF-16 has a zero in every other byte. */
function utf16WithoutMark(head: Uint8Array): string | null {
  let even = 0;
  let odd = 0;
  for (let i = 0; i < head.length; i++) {
    if (head[i] !== 0) continue;
    if (i % 2 === 0) even++;
    else odd++;
  }
  if (odd > head.length * 0.2 && even < odd / 20) return 'utf-16le';
  if (even > head.length * 0.2 && odd < even / 20) return 'utf-16be';
  return null;
}

function isUtf8(head: Uint8Array, isAll: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: !isAll });
    return true;
  } catch {
    return false;
  }
}

function known(label: string | null): string | null {
  if (!label) return null;
  try {
    // GB18030 holds all of GBK; ISO-8859-1 is read as the web does, as windows-1252.
    return new TextDecoder(label).encoding;
  } catch {
    return null;
  }
}
