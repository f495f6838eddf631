// What draws behind WebGL 2: the name of a GPU, or of a renderer that runs on the processor.

/** The name of the GPU behind WebGL 2, or null where there is none. */
export function webglRenderer(): string | null {
  const context = new OffscreenCanvas(1, 1).getContext('webgl2');
  if (!context) return null;
  const renderer = unmaskedRenderer(context);
  context.getExtension('WEBGL_lose_context')?.loseContext();
  return renderer;
}

/** Is this UNMASKED_RENDERER_WEBGL a renderer that runs on the CPU? */
export function isSoftwareRenderer(renderer: string): boolean {
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(renderer);
}

/** The name that the context's GPU or renderer gives itself. */
export function unmaskedRenderer(context: WebGL2RenderingContext): string {
  const extension = context.getExtension('WEBGL_debug_renderer_info');
  return String(context.getParameter(extension?.UNMASKED_RENDERER_WEBGL ?? context.RENDERER));
}
