// The model to take away: the two files that tf.loadLayersModel reads. They are made in the
// inspector when asked for, so that opening the view costs nothing.
import { useState } from 'react';
import { download } from '../charts/save-picture.ts';
import { formatBytes, formatCount } from '../format.ts';
import type { InspectorClient } from './inspector-client.ts';

interface ModelDownloadProps {
  readonly client: InspectorClient;
  readonly numParameters: number | null;
}

export function ModelDownload({ client, numParameters }: ModelDownloadProps) {
  const [problem, setProblem] = useState<string | null>(null);

  const save = async (file: 'model.json' | 'weights.bin') => {
    setProblem(null);
    try {
      const { modelJson, weights } = await client.exportModel();
      if (file === 'model.json') download(modelJson, file, 'application/json');
      else download(new Blob([weights]), file);
    } catch (error) {
      setProblem(
        `The file was not saved. ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  };

  return (
    <section className="panel" aria-labelledby="download-title">
      <h2 id="download-title">Take the model with you</h2>
      <p className="soft">
        {numParameters === null
          ? 'Two files for TensorFlow.js, once there is a model.'
          : `${formatCount(numParameters)} weights as TensorFlow.js files: keep both beside each other and load them with tf.loadLayersModel('model.json'). The files are not encrypted: whoever has them has the model.`}
      </p>
      <div className="model-buttons">
        {(['model.json', 'weights.bin'] as const).map((file) => (
          <button
            key={file}
            type="button"
            className="button"
            disabled={numParameters === null}
            onClick={() => void save(file)}
          >
            {file}
            {file === 'weights.bin' && numParameters !== null
              ? ` (${formatBytes(4 * numParameters)})`
              : ''}
          </button>
        ))}
      </div>
      {problem === null ? null : (
        <p className="note note-error" role="alert">
          {problem}
        </p>
      )}
    </section>
  );
}
