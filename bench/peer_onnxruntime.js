// The forward pass of an ONNX file by ONNX Runtime, timed.
//
//     node peer_onnxruntime.js PACKAGE MODEL IMAGES COUNT BATCHES SECONDS [OUT]
//
// PACKAGE: the folder of onnxruntime-node; IMAGES: float32, N x 3 x 32 x 32, the first COUNT of which
// are taken. Of several BATCHES (comma between them) each is tried for a moment, of one the whole
// set is gone through for SECONDS at least. OUT gets the outputs as float32. Prints a JSON object.
'use strict';
const fs = require('fs');

const SIZE = 3 * 32 * 32, THREADS = 2, TRY_SECONDS = 0.3;
const [folder, model, images, count, batches, seconds, out] = process.argv.slice(2);
const ort = require(folder);

const now = () => Number(process.hrtime.bigint()) * 1e-9;
const processor = () => Object.values(process.cpuUsage()).reduce((a, b) => a + b) * 1e-6;

// Tensors of `batch` images, the last one of what is left.
function parts(data, batch) {
  const list = [];
  for (let first = 0; first < data.length / SIZE; first += batch) {
    const piece = data.subarray(first * SIZE, (first + batch) * SIZE);
    list.push(new ort.Tensor('float32', piece, [piece.length / SIZE, 3, 32, 32]));
  }
  return list;
}

async function run(session, tensor) {
  return (await session.run({[session.inputNames[0]]: tensor}))[session.outputNames[0]].data;
}

async function tryBatches(session, data, sizes) {
  const tried = {};
  for (const batch of sizes) {
    const tensor = parts(data, batch)[0], n = tensor.dims[0];
    await run(session, tensor);
    await run(session, tensor);
    const start = now();
    let rounds = 0;
    for (; rounds === 0 || now() - start < TRY_SECONDS; rounds++)
      await run(session, tensor);
    tried[batch] = rounds * n / (now() - start);
  }
  return {tried};
}

// Passes over all images; the first one is to warm up, and its outputs are kept.
async function measure(session, data, batch) {
  const list = parts(data, batch), wall = [], cpu = [], found = [];
  for (const tensor of list)
    found.push(await run(session, tensor));
  for (let total = 0; wall.length === 0 || total < Number(seconds);) {
    const start = now(), before = processor();
    for (const tensor of list)
      await run(session, tensor);
    wall.push(now() - start);
    cpu.push(processor() - before);
    total += wall[wall.length - 1];
  }
  if (out !== undefined)
    fs.writeFileSync(out, Buffer.concat(found.map(
      (x) => Buffer.from(x.buffer, x.byteOffset, x.byteLength))));
  return {seconds: wall, seconds_cpu: cpu, batch, images: data.length / SIZE};
}

async function main() {
  const bytes = fs.readFileSync(images).subarray(0, Number(count) * SIZE * 4);
  const data = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const session = await ort.InferenceSession.create(model, {
    executionProviders: ['cpu'], graphOptimizationLevel: 'all', executionMode: 'sequential',
    intraOpNumThreads: THREADS, interOpNumThreads: 1});
  const sizes = batches.split(',').map(Number);
  const result = sizes.length > 1 ? await tryBatches(session, data, sizes)
                                  : await measure(session, data, sizes[0]);
  result.version = (ort.env.versions || {}).node || require(folder + '/package.json').version;
  console.log(JSON.stringify(result));
}

main().catch((error) => {
  console.error('peer_onnxruntime: ' + error.message);
  process.exit(3);
});
