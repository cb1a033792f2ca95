//go:build !(goexperiment.simd && amd64)

package hunt

// nativeKernels is empty where the compiler has no vector instructions to offer.
func nativeKernels() []kernel { return nil }
