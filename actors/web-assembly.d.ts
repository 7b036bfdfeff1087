/** The one part of WebAssembly that is used: memory that starts on a page. Node's own types do not declare it without the DOM's. */
declare namespace WebAssembly {
  class Memory {
    constructor(descriptor: { initial: number; maximum: number; shared: true });
    readonly buffer: SharedArrayBuffer;
  }
}
