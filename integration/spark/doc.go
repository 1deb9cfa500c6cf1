// Package spark tests sparkrest against real History Servers and real drivers of Spark. It is made of tests alone.
package spark
