// Draw a digit and see what the model makes of it while drawing; test images serve where drawing
// is not possible.
import { useRef, useState, type FormEvent } from 'react';
import { DigitPicture } from './digit-picture.tsx';
import { DrawingPad } from './drawing-pad.tsx';
import type { InspectorClient } from './inspector-client.ts';
import { ProbabilityBars } from './probability-bars.tsx';
import type { Sketch } from './sketch.ts';
import { usePrediction } from './use-prediction.ts';

const NUM_TEST_IMAGES = 10_000; // MNIST's test file

interface TryPanelProps {
  readonly client: InspectorClient;
  readonly sketch: Sketch;
  /** Raised whenever the sketch was changed by another part of the view. */
  readonly sketchVersion: number;
  readonly onSketchChange: () => void;
  /** Names the loaded model; null while there is none. */
  readonly modelKey: string | null;
}

export function TryPanel(props: TryPanelProps) {
  const { client, sketch, sketchVersion, onSketchChange, modelKey } = props;
  const [image, setImage] = useState(() => sketch.image());
  const [seenVersion, setSeenVersion] = useState(sketchVersion);
  if (seenVersion !== sketchVersion) {
    setSeenVersion(sketchVersion);
    setImage(sketch.image());
  }
  const { probabilities, problem } = usePrediction(client, image, modelKey);

  return (
    <section className="panel try-panel" aria-labelledby="try-title">
      <h2 id="try-title">Draw a digit</h2>
      <div className="try-columns">
        <div className="try-sheet">
          <DrawingPad
            sketch={sketch}
            version={sketchVersion}
            onChange={() => setImage(sketch.image())}
          />
          <div className="model-buttons">
            <button
              type="button"
              className="button"
              disabled={!sketch.canUndo()}
              onClick={() => {
                sketch.undo();
                onSketchChange();
              }}
            >
              Undo
            </button>
            <button
              type="button"
              className="button"
              disabled={image === null}
              onClick={() => {
                sketch.clear();
                onSketchChange();
              }}
            >
              Clear
            </button>
          </div>
          <TestImageChooser client={client} sketch={sketch} onSketchChange={onSketchChange} />
        </div>
        <div className="try-result">
          <figure className="model-sees">
            <span className="model-sees-frame">
              <DigitPicture
                pixels={image}
                label={image === null ? 'Blank image' : 'The drawing as the model sees it'}
              />
            </span>
            <figcaption className="small soft">
              What the model sees: 28 × 28 pixels, scaled and centred as MNIST’s digits are.
            </figcaption>
          </figure>
          <ProbabilityBars probabilities={probabilities} />
          {problem === null ? (
            modelKey !== null && image === null ? (
              <p className="small soft">The ten probabilities follow the pen.</p>
            ) : null
          ) : (
            <p className="note note-error" role="alert">
              {problem}
            </p>
          )}
        </div>
      </div>
    </section>
  );
}

interface TestImageChooserProps {
  readonly client: InspectorClient;
  readonly sketch: Sketch;
  readonly onSketchChange: () => void;
}

function TestImageChooser({ client, sketch, onSketchChange }: TestImageChooserProps) {
  const [text, setText] = useState('0');
  const [outcome, setOutcome] = useState<{ text: string; isProblem: boolean } | null>(null);
  const newestIndex = useRef(0);
  const index = Number(text);
  const isValid =
    text.trim() !== '' && Number.isInteger(index) && index >= 0 && index < NUM_TEST_IMAGES;

  const show = async (chosen: number) => {
    newestIndex.current = chosen;
    try {
      const { pixels, label } = await client.testImage(chosen);
      if (newestIndex.current !== chosen) return;
      sketch.show(pixels);
      onSketchChange();
      setOutcome({ text: `Test image ${chosen} is a ${label}.`, isProblem: false });
    } catch (error) {
      setOutcome({ text: error instanceof Error ? error.message : String(error), isProblem: true });
    }
  };

  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (isValid) void show(index);
  };

  return (
    <form className="test-image" onSubmit={onSubmit}>
      <label htmlFor="test-image-index">Or test image</label>
      <input
        id="test-image-index"
        className="text-input"
        inputMode="numeric"
        size={5}
        value={text}
        aria-invalid={!isValid}
        title={`A whole number from 0 to ${NUM_TEST_IMAGES - 1}`}
        onChange={(event) => setText(event.target.value)}
      />
      <button type="submit" className="button" disabled={!isValid}>
        Show
      </button>
      <button
        type="button"
        className="button"
        onClick={() => {
          const chosen = Math.floor(Math.random() * NUM_TEST_IMAGES);
          setText(String(chosen));
          void show(chosen);
        }}
      >
        Any
      </button>
      <output className={outcome?.isProblem ? 'small error-text' : 'small soft'}>
        {outcome?.text}
      </output>
    </form>
  );
}
