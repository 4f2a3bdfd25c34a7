"use strict";
// The engine in a worker: it unpacks the WebAssembly module, starts it, and hands it questions as they come.
importScripts("wasm_exec.js");
const waiting = [];
onmessage = ({data}) => waiting.push(data);

// cabiReady is called by the module once it takes questions, with the function that answers them: cabiAnswer(question, tell).
self.cabiReady = answer => {
  const tell = text => postMessage(JSON.parse(text));
  onmessage = ({data}) => answer(data, tell);
  for (const question of waiting) answer(question, tell);
};

(async () => {
  try {
    const packed = await fetch("engine.bin");
    if (!packed.ok) throw new Error("engine.bin: " + packed.status);
    const module = new Response(packed.body.pipeThrough(new DecompressionStream("gzip")), {headers: {"Content-Type": "application/wasm"}});
    const go = new Go();
    const {instance} = await WebAssembly.instantiateStreaming(module, go.importObject);
    await go.run(instance);
    postMessage({error: "the engine stopped, perhaps for want of memory", ended: true});
  } catch (error) {
    postMessage({error: "the engine could not be started, or stopped: " + error.message, ended: true});
  }
})();
