package parquetfile

import (
	"encoding/binary"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/metadata"
)

// endGroup writes the row group at hand: all pages of the first column, then all of the second.
func (w *Writer) endGroup() error {
	group := w.meta.AppendRowGroup()
	InLanes(len(w.packers), len(w.columns), func(lane, i int) { w.columns[i].flush(w.packers[lane]) })
	if err := w.packErr(); err != nil {
		return err
	}
	for i, c := range w.columns {
		if err := w.writeColumn(c, group.NextColumnChunk(), int16(i)); err != nil {
			return w.fail(err)
		}
		c.reset()
	}
	group.SetNumRows(w.pending)
	if err := group.Finish(0, w.groups); err != nil {
		return w.fail(err)
	}
	w.groups++
	w.pending = 0
	return w.fail(nil)
}

func (w *Writer) writeColumn(c *column, meta *metadata.ColumnChunkMetaDataBuilder, ordinal int16) error {
	pages, err := file.NewPageWriter(w.out, compress.Codecs.Zstd, 1, meta, w.groups, ordinal, allocator(), false, nil, nil)
	if err != nil {
		return err
	}
	rle := parquet.Encodings.RLE
	hasDict, fallback := false, false
	if c.dict != nil && c.dict.count > 0 {
		hasDict = true
		dict := file.NewDictionaryPage(memory.NewBufferBytes(c.dict.values), int32(c.dict.count), w.props.DictionaryPageEncoding())
		if _, err := pages.WriteDictionaryPage(dict); err != nil {
			return err
		}
	}
	for _, p := range c.pages {
		encoding := parquet.Encodings.Plain
		if p.dictionary {
			encoding = w.props.DictionaryIndexEncoding()
		} else {
			fallback = hasDict
		}
		data := memory.NewBufferBytes(c.packed[p.from:p.to])
		page := file.NewDataPageV1(data, int32(p.rows), encoding, rle, rle, int32(p.size))
		if _, err := pages.WriteDataPage(page); err != nil {
			return err
		}
	}
	if w.options.Statistics {
		meta.SetStats(c.statistics())
	}
	return pages.Close(hasDict, fallback)
}

// footer writes what makes the file one: the description of all row groups, its length, and the mark.
func (w *Writer) footer() error {
	meta, err := w.meta.Finish()
	if err != nil {
		return w.fail(err)
	}
	n, err := meta.WriteTo(w.out, nil)
	if err != nil {
		return w.fail(err)
	}
	_, err = w.out.Write(append(binary.LittleEndian.AppendUint32(nil, uint32(n)), magic...))
	return w.fail(err)
}
