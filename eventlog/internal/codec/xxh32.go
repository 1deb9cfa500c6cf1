package codec

import (
	"encoding/binary"
	"math/bits"
)

const (
	xxPrime1 uint32 = 2654435761
	xxPrime2 uint32 = 2246822519
	xxPrime3 uint32 = 3266489917
	xxPrime4 uint32 = 668265263
	xxPrime5 uint32 = 374761393
)

// xxh32 is the 32-bit xxHash of b (Yann Collet, XXH32 specification 0.1.1). The lz4 module has it for seed 0 only.
func xxh32(b []byte, seed uint32) uint32 {
	size := uint32(len(b))
	sum := seed + xxPrime5
	if len(b) >= 16 {
		sum, b = xxStripes(b, seed)
	}
	sum += size
	for ; len(b) >= 4; b = b[4:] {
		sum = bits.RotateLeft32(sum+binary.LittleEndian.Uint32(b)*xxPrime3, 17) * xxPrime4
	}
	for _, c := range b {
		sum = bits.RotateLeft32(sum+uint32(c)*xxPrime5, 11) * xxPrime1
	}
	sum = (sum ^ sum>>15) * xxPrime2
	sum = (sum ^ sum>>13) * xxPrime3
	return sum ^ sum>>16
}

// xxStripes hashes the whole 16-byte stripes of b and returns what is left of it.
func xxStripes(b []byte, seed uint32) (uint32, []byte) {
	prime1, prime2 := xxPrime1, xxPrime2 // the sums below wrap around, which constants may not
	v1, v2, v3, v4 := seed+prime1+prime2, seed+prime2, seed, seed-prime1
	for ; len(b) >= 16; b = b[16:] {
		v1 = bits.RotateLeft32(v1+binary.LittleEndian.Uint32(b)*prime2, 13) * prime1
		v2 = bits.RotateLeft32(v2+binary.LittleEndian.Uint32(b[4:])*prime2, 13) * prime1
		v3 = bits.RotateLeft32(v3+binary.LittleEndian.Uint32(b[8:])*prime2, 13) * prime1
		v4 = bits.RotateLeft32(v4+binary.LittleEndian.Uint32(b[12:])*prime2, 13) * prime1
	}
	return bits.RotateLeft32(v1, 1) + bits.RotateLeft32(v2, 7) + bits.RotateLeft32(v3, 12) + bits.RotateLeft32(v4, 18), b
}
